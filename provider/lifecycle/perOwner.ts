/** What a process keeps for an object as long as that object lives: for a session, an application, a server. */

/** Makes something once for each owner, when it is first asked for. It lives as long as its owner. `more` counts for the first question alone. */
export function perOwner<Owner extends object, T, More extends unknown[]>(
  make: (owner: Owner, ...more: More) => T,
): (owner: Owner, ...more: More) => T {
  const made = new WeakMap<Owner, { value: T }>();
  return (owner, ...more) => {
    let known = made.get(owner);
    if (!known) made.set(owner, (known = { value: make(owner, ...more) }));
    return known.value;
  };
}

/**
 * Runs one after the other what is given with the same owner and key, in the order of the calls. A run that fails does not stop the next one.
 * A run must not ask for its own lock: it would wait for itself.
 */
export function withLock<T>(owner: object, key: string, run: () => Promise<T>): Promise<T> {
  const last = locks(owner);
  const turn = (last.get(key) ?? Promise.resolve()).then(run);
  const over = turn.then(
    () => undefined,
    () => undefined,
  );
  last.set(key, over);
  void over.then(() => {
    if (last.get(key) === over) last.delete(key);
  });
  return turn;
}

const locks = perOwner((_owner: object) => new Map<string, Promise<void>>());
