import type { Mirrors } from "../account-port.ts";
import { applicationKind } from "./application.ts";

/** Every application of a panel as a resource that only shows it. */
export const mirrors: Mirrors = {
  kind: applicationKind.kind,
  // What the application is called and made from, its status says.
  specOf: ({ id }, consoleName) => ({
    consoleRef: { name: consoleName },
    adopt: { id },
    managementPolicy: "ObserveOnly",
    deletionPolicy: "Retain",
  }),
  nameOf: ({ fields }) => {
    const { publicationContext, displayName } = fields;
    return String(publicationContext ?? displayName ?? "application");
  },
};
