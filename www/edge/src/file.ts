/** A file of this machine that is read where it is asked for, never whole. */

/** An open file of Deno's. */
export interface OpenFile {
  stat(): Promise<{ size: number }>;
  seek(offset: number, whence: 0): Promise<number>;
  read(into: Uint8Array): Promise<number | null>;
}

/** What the package's `load` takes as it takes any `Blob`. */
export class FileBlob extends Blob {
  readonly name: string;
  readonly #file: OpenFile;
  readonly #from: number;
  readonly #to: number;

  /** Of the open file, which has one position for all slices: reads wait for each other. */
  readonly #turn: { last: Promise<unknown> };

  private constructor(
    name: string,
    file: OpenFile,
    from: number,
    to: number,
    turn: { last: Promise<unknown> } = { last: Promise.resolve() },
  ) {
    super([]);
    this.name = name;
    this.#file = file;
    this.#from = from;
    this.#to = to;
    this.#turn = turn;
  }

  /** The whole of an open file. */
  static async open(path: string, file: OpenFile): Promise<FileBlob> {
    return new FileBlob(path.split(/[\\/]/).pop() ?? path, file, 0, (await file.stat()).size);
  }

  override get size(): number {
    return this.#to - this.#from;
  }

  override slice(start = 0, end = this.size): FileBlob {
    const at = (offset: number) =>
      this.#from + Math.min(Math.max(offset < 0 ? this.size + offset : offset, 0), this.size);
    return new FileBlob(this.name, this.#file, at(start), Math.max(at(start), at(end)), this.#turn);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.#turn.last.then(() => this.#read());
    this.#turn.last = bytes.catch(() => undefined);
    return bytes;
  }

  async #read(): Promise<ArrayBuffer> {
    const out = new Uint8Array(this.size);
    await this.#file.seek(this.#from, 0);
    for (let at = 0; at < out.length; ) {
      const count = await this.#file.read(out.subarray(at));
      if (count === null) throw new DOMException(`${this.name} was cut off`, "NotReadableError");
      at += count;
    }
    return out.buffer;
  }
}
