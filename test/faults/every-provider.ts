import type { Provider } from "./cloud.ts";

/** What is played, with one provider or with every one. */
interface Play {
  readonly name: string;
  /** The one provider that it is about; left out, it is about none and played with each. */
  readonly only?: Provider;
}

/** Each is made anew for each provider: some remember what they have seen. */
export function ofEveryProvider<One extends Play>(
  make: () => readonly One[],
): (One & { readonly provider: Provider })[] {
  return (["hpc-park", "element"] as const).flatMap((provider) =>
    make()
      .filter(({ only = provider }) => only === provider)
      .map((play) => playedWith(provider, play)),
  );
}

function playedWith<One extends Play>(
  provider: Provider,
  play: One,
): One & { readonly provider: Provider } {
  return { ...play, name: nameWith(provider, play.name), provider };
}

/** What something is called that is played with a provider. */
export function nameWith(provider: Provider, name: string): string {
  return provider === "hpc-park" ? name : `${provider}: ${name}`;
}
