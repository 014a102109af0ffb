import { Type } from "typebox";

/** metav1.Condition with the bounds that Kubernetes' own types have. */
export const ConditionSchema = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      maxLength: 316,
      description:
        "What the condition is about: Ready, Synced, Reconciling, Stalled, and of accounts Trusted and TokenExpiring.",
    }),
    status: Type.Enum(["True", "False", "Unknown"], {
      description: "Whether the condition holds. Unknown means that it could not be found out.",
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: 1024,
      pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      description: "Why, in one CamelCase word for programs.",
    }),
    message: Type.String({
      maxLength: 32768,
      description: "Why, in a sentence for people. Where somebody must act it says what to change.",
    }),
    lastTransitionTime: Type.String({
      format: "date-time",
      maxLength: 64,
      description: "When `status` last changed.",
    }),
    observedGeneration: Type.Optional(
      Type.Integer({
        format: "int64",
        minimum: 0,
        description: "The metadata.generation that the condition speaks of.",
      }),
    ),
  },
  { description: "One thing that is known of the resource." },
);

/** One condition of each type, so that several writers can each own theirs. */
export const conditionsSchema = Type.Optional(
  Type.Array(ConditionSchema, {
    maxItems: 32,
    description:
      "What is known of the resource. Ready says whether the remote thing can be used, Synced whether it matches the spec; " +
      "Reconciling and Stalled are listed only while true.",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
  }),
);
