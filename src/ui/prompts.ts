import { fail, type Language } from "../base/index.ts";
import { uiErrors } from "./errors.ts";
import { messages } from "./messages.ts";
import { isInCi } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { createSay } from "./texts.ts";

/** Asks the person in front of the terminal. Every method throws DSDN_UI_PROMPT_IMPOSSIBLE without one. */
export interface Prompts {
  /** True when there is somebody to ask: a terminal on both ends and no CI. */
  readonly canAsk: boolean;
  confirm(question: string): Promise<boolean>;
  text(question: string, options?: { initial?: string }): Promise<string>;
  /** The answer is not shown while it is typed. */
  secret(question: string): Promise<string>;
  choose<T extends string>(question: string, choices: readonly { value: T; label: string }[]): Promise<T>;
}

/** Prompts on this terminal. Errors: DSDN_UI_PROMPT_IMPOSSIBLE, DSDN_UI_PROMPT_CANCELLED. */
export function createPrompts(
  options: { isJson: boolean; signal: AbortSignal; language: Language },
  deps: { terminal: Terminal },
): Prompts {
  const { terminal } = deps;
  const canAsk = !options.isJson && terminal.isInputTty && terminal.isErrorTty && !isInCi(terminal.env);
  const say = createSay(options.language);
  const answers = { active: say(messages.yes), inactive: say(messages.no) };
  const common = { output: process.stderr, signal: options.signal };

  async function ask<T>(question: string, show: (clack: Clack) => Promise<T | symbol>): Promise<T> {
    if (!canAsk) throw fail(uiErrors.promptImpossible, { question });
    const clack = await import("@clack/prompts");
    const answer = await show(clack);
    if (typeof answer === "symbol") throw fail(uiErrors.promptCancelled, {});
    return answer;
  }

  return {
    canAsk,
    confirm: (question) =>
      ask<boolean>(question, (clack) => clack.confirm({ ...common, ...answers, message: question })),
    text: (question, more = {}) =>
      ask<string>(question, (clack) => clack.text({ ...common, message: question, initialValue: more.initial ?? "" })),
    secret: (question) => ask<string>(question, (clack) => clack.password({ ...common, message: question })),
    choose: async (question, choices) => {
      const value = await ask<string>(question, (clack) =>
        clack.select({
          ...common,
          message: question,
          options: choices.map(({ value, label }) => ({ value: value as string, label })),
        }),
      );
      const choice = choices.find((candidate) => candidate.value === value);
      if (choice === undefined) throw fail(uiErrors.promptCancelled, {});
      return choice.value;
    },
  };
}

type Clack = typeof import("@clack/prompts");
