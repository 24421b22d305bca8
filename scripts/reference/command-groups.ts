export { type CommandGroup, commandGroups, groupOf } from "../../src/commands/framework/command-groups.ts";
