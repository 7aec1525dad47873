/** Objects of one kind in the order they were made. */
export class Collection<T extends { id: string }> {
  private readonly entries = new Map<string, { seq: number; value: T }>();
  private seq = 0;

  add(value: T): T {
    this.entries.set(value.id, { seq: ++this.seq, value });
    return value;
  }

  get(id: string): T | undefined {
    return this.entries.get(id)?.value;
  }

  remove(id: string): boolean {
    return this.entries.delete(id);
  }

  all(): T[] {
    return [...this.entries.values()].map((e) => e.value);
  }

  where(test: (value: T) => boolean): T[] {
    return this.all().filter(test);
  }

  find(test: (value: T) => boolean): T | undefined {
    for (const { value } of this.entries.values()) if (test(value)) return value;
    return undefined;
  }

  /** Position in the order of making, for cursors. */
  position(value: T): number {
    return this.entries.get(value.id)!.seq;
  }
}
