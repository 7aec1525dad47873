/** What a process keeps for an object as long as that object lives: for a session, an application, a server. */

/** Makes something once for each owner, when it is first asked for. It lives as long as its owner. */
export function perOwner<Owner extends object, T>(make: (owner: Owner) => T): (owner: Owner) => T {
  const made = new WeakMap<Owner, { value: T }>();
  return (owner) => {
    let known = made.get(owner);
    if (!known) made.set(owner, (known = { value: make(owner) }));
    return known.value;
  };
}
