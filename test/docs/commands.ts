import { fencesIn } from "./markdown.ts";

/** What a person types: a line, or several where one goes on with a backslash or holds a document. */
export type Command = string;

const HERE_DOCUMENT = /<<-?'?(\w+)'?/;

/** The commands of a page's `sh` blocks, in their order. Comments are left out. */
export function commandsIn(page: string): readonly Command[] {
  return fencesIn(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => split(text));
}

function split(block: string): Command[] {
  const lines = block.trimEnd().split("\n");
  const commands: Command[] = [];
  while (lines.length > 0) {
    const command = takeOne(lines);
    if (!/^\s*(#|$)/.test(command)) commands.push(command);
  }
  return commands;
}

function takeOne(lines: string[]): Command {
  const taken = [lines.shift() ?? ""];
  while (taken.at(-1)?.endsWith("\\")) taken.push(lines.shift() ?? "");
  const end = HERE_DOCUMENT.exec(taken.join("\n"))?.[1];
  if (end !== undefined)
    do taken.push(lines.shift() ?? "");
    while (taken.at(-1) !== end && lines.length > 0);
  return taken.join("\n");
}
