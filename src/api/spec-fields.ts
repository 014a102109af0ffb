import { Type } from "typebox";

/** HPC Park allows 255 characters. The marker that the operator appends takes 17; the rest is reserve. */
const MAX_LABEL_LENGTH = 230;
/** The catalogue's names are short words; this only bounds the cost of the rules. */
const MAX_CATALOGUE_NAME_LENGTH = 128;

/** An id that HPC Park gave: a whole number from 1 on. */
export function remoteId(description: string) {
  return Type.Integer({ format: "int64", minimum: 1, description });
}

/** A name out of HPC Park's catalogue. The catalogue is the provider's, so any short line is taken. */
export function catalogueName(description: string) {
  return Type.String({
    minLength: 1,
    maxLength: MAX_CATALOGUE_NAME_LENGTH,
    pattern: "^\\S(.*\\S)?$",
    description,
  });
}

/** The name of another object in the same namespace. */
export function objectName(description: string) {
  return Type.String({
    minLength: 1,
    maxLength: 253,
    pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    description,
  });
}

/** What the spec of every HPC Park kind has. `noun` is the remote thing: instance, storage. */
export function identityFields(noun: string) {
  return {
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LABEL_LENGTH,
        description:
          `What the ${noun} is called in the HPC Park panel, 1 to ${MAX_LABEL_LENGTH} characters on a single line. The operator ` +
          "appends a marker of 17 characters, by which it knows its own things. Left out, it is namespace/name of this object. " +
          `Cannot be changed; without effect on an adopted ${noun}.`,
      }),
    ),
    accountRef: accountField(noun),
    adopt: adoptField(noun),
  };
}

/** Whose token is used for something, and who pays. */
export function accountField(noun: string) {
  return Type.Optional(
    Type.Object(
      { name: objectName("Name of the HpcAccount.") },
      {
        description:
          `The HpcAccount in the namespace of this object that the ${noun} is made in and paid by. Left out, it is the HpcAccount named ` +
          "default, if there is one when it is made, else the operator's own account. Cannot be changed.",
      },
    ),
  );
}

/** The HPC Park namespace that something is made in, by its id or by the HpcNamespace that describes it. */
export function namespaceFields(noun: string) {
  return {
    namespaceId: Type.Optional(
      remoteId(
        `Id of the HPC Park namespace that the ${noun} is made in. Left out, HPC Park chooses. This is no Kubernetes namespace. ` +
          "Cannot be changed.",
      ),
    ),
    namespaceRef: Type.Optional(
      Type.Object(
        { name: objectName("Name of the HpcNamespace.") },
        {
          description:
            `The HpcNamespace, in the namespace of this object, that the ${noun} is made in; instead of namespaceId. The ${noun} is not ` +
            "created before it is Ready, and it is not deleted while it is named here. Cannot be changed.",
        },
      ),
    ),
  };
}

function adoptField(noun: string) {
  return Type.Optional(
    Type.Object(
      { id: remoteId(`Id of the ${noun} as the HPC Park panel shows it.`) },
      {
        description:
          `Takes over what exists already instead of making another ${noun}. From then on it is treated like any other: drift is ` +
          `corrected, and it is deleted with this object unless deletionPolicy is Retain. Cannot be changed.`,
      },
    ),
  );
}

/** Of every kind whose things the operator deletes. `also` is what else people have to know. */
export function protectionField(noun: string, also: string) {
  return Type.Boolean({
    default: false,
    description:
      `true keeps the ${noun}, whoever deletes this object and however: the object stays on its way out, says DeletionProtected, and ` +
      `changes nothing any more. As soon as this is false, both go. ${also}`,
  });
}

/** How far the operator may go. */
export function policyFields(
  noun: string,
  recreate: { default: "Always" | "Never"; description: string },
) {
  return {
    deletionPolicy: Type.Enum(["Delete", "Retain"], {
      default: "Delete",
      description:
        `What happens to the ${noun} when this object is deleted. Delete removes it and waits for the proof that it is gone. ` +
        "Retain leaves it running and billed; an object of the same name finds it again.",
    }),
    deletionProtection: protectionField(
      noun,
      `Kubernetes cannot take a deletion back, but deletionPolicy Retain lets the object go and keeps the ${noun}. Without effect with ` +
        "Retain and ObserveOnly, which delete nothing.",
    ),
    managementPolicy: Type.Enum(["Full", "ObserveOnly"], {
      default: "Full",
      description:
        `Full makes the ${noun} match the spec. ObserveOnly reads it into the status and never creates, changes or deletes ` +
        "anything.",
    }),
    recreatePolicy: Type.Enum(["Always", "Never"], recreate),
  };
}
