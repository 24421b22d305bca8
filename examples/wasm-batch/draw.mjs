// Draws a grey picture (PGM) to try the program with: a ball over a floor.
const SIZE = 64;
const pixels = Buffer.alloc(SIZE * SIZE);
for (let y = 0; y < SIZE; y++) {
  for (let x = 0; x < SIZE; x++) {
    const isBall = (x - 32) ** 2 + (y - 26) ** 2 < 18 ** 2;
    pixels[y * SIZE + x] = isBall ? 220 : y > 48 ? 90 : 30;
  }
}
process.stdout.write(Buffer.concat([Buffer.from(`P5\n# a ball over a floor\n${SIZE} ${SIZE}\n255\n`), pixels]));
