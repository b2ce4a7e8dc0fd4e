/** Lets a few at a time do something; the others wait, and whoever waits longest is next. */
export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Calls `begin` when it is its turn. The answer ends the turn, or the waiting for it. */
  wait(begin: () => void): () => void {
    let isOver = false;
    const turn = () => {
      this.#taken++;
      begin();
    };
    this.#waiting.add(turn);
    this.#next();
    return () => {
      if (isOver) return;
      isOver = true;
      if (!this.#waiting.delete(turn)) this.#taken--;
      this.#next();
    };
  }

  #next(): void {
    for (const turn of this.#waiting) {
      if (this.#taken >= this.#most) return;
      this.#waiting.delete(turn);
      turn();
    }
  }
}
