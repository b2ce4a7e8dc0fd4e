/** How what is known of one's relations changes: by what the API tells, and by what one does. */
import type { UserAsSeen } from "./api.ts";
import { person } from "./auth.ts";
import { askedNow, noteWrite } from "./freshness.ts";
import { type Change, type Flags, flagsOf } from "./relation.ts";
import { told } from "./relation-acts.ts";
import { known } from "./relations.ts";

/** The last change that each person waits for. */
const running = new Map<string, Promise<unknown>>();

function put(id: string, relation: Change): void {
  known.update((relations) => ({ ...relations, [id]: relation }));
}

type Listed = Flags & { readonly id: string };

/**
 * Notes the relations to the people in what `ask` answers; `peopleOf` finds them there. Every list of
 * people is read by it. Raises the same errors as `ask`.
 */
export async function readPeopleOf<T>(
  ask: () => Promise<T>,
  peopleOf: (answer: T) => readonly Listed[],
): Promise<T> {
  const [knows, asking] = [askedNow(), person.value];
  const answer = await ask();
  if (person.value !== asking) return answer; // it is not about who has signed in since
  const news = peopleOf(answer).filter(({ id }) => !running.has(id) && knows(`relation ${id}`));
  known.update((relations) => ({
    ...relations,
    ...Object.fromEntries(news.map((user) => [user.id, told(relations[user.id], user)])),
  }));
  return answer;
}

/** The same for a page of people. */
export function readPeople<T extends { readonly items: readonly Listed[] }>(
  ask: () => Promise<T>,
): Promise<T> {
  return readPeopleOf(ask, ({ items }) => items);
}

/** The same for one person. */
export function readUser(ask: () => Promise<UserAsSeen>): Promise<UserAsSeen> {
  return readPeopleOf(ask, (seen) => [{ ...flagsOf(seen), id: seen.user.id }]);
}

/** Notes what the API answers to the last change of a person. */
export function learnFrom(seen: UserAsSeen): UserAsSeen {
  if (!running.has(seen.user.id)) put(seen.user.id, told(known.value[seen.user.id], seen));
  return seen;
}

/** Notes what one has just changed. */
export function note(id: string, change: Change): void {
  put(id, { ...known.value[id], ...change });
}

/**
 * Shows a change at once, and takes it back if `action` fails. Raises the same errors. Changes of one
 * person are made in their order: on a slow network the second is pressed before the first is answered.
 */
export async function changing<T>(
  id: string,
  change: Change,
  action: () => Promise<T>,
): Promise<T> {
  const before = known.value[id] ?? {};
  note(id, change);
  const turn = (running.get(id) ?? Promise.resolve()).catch(() => undefined).then(action);
  running.set(id, turn);
  try {
    return await turn;
  } catch (error) {
    put(id, before);
    throw error;
  } finally {
    noteWrite(`relation ${id}`);
    if (running.get(id) === turn) running.delete(id);
  }
}
