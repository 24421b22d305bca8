export { type CommandGroup, commandGroups, groupOf } from "../../src/commands/framework/help/command-groups.ts";
