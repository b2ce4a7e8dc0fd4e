/** Posts as a long list keeps them: what the API's answers say many times over is kept once. */
import type { Author, PostBody, RenditionBody } from "./api.ts";
import { person } from "./auth.ts";

/** A file whose address is that of another file of its medium, but for its name. */
class Sibling implements RenditionBody {
  readonly name: string;
  readonly content_type: string;
  readonly width: number;
  readonly height: number;
  readonly #first: RenditionBody;

  constructor(first: RenditionBody, { name, content_type, width, height }: RenditionBody) {
    this.#first = first;
    this.name = name;
    this.content_type = content_type;
    this.width = width;
    this.height = height;
  }

  get url(): string {
    const { name, url } = this.#first;
    return url.replace(`/${name}?`, `/${this.name}?`);
  }

  toJSON(): RenditionBody {
    return { ...this, url: this.url };
  }
}

/** By id, as last heard of. */
const authors = new Map<string, Author>();

person.watch(() => authors.clear());

/** Makes a post that has just come lighter. It says the same as before, and its files have the same addresses. */
export function lighten(post: PostBody): void {
  post.author = shared(post.author);
  for (const medium of post.media) {
    const [first] = medium.renditions;
    if (first !== undefined) medium.renditions = medium.renditions.map((file) => like(first, file));
  }
}

function like(first: RenditionBody, file: RenditionBody): RenditionBody {
  const sibling = new Sibling(first, file);
  return file !== first && sibling.url === file.url ? sibling : file;
}

/** The same object for all posts of an author. */
function shared(author: Author): Author {
  const known = authors.get(author.id);
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(author)) return known;
  authors.set(author.id, author);
  return author;
}
