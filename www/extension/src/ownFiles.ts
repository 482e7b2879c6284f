/** Model files that the user brought, kept in this extension's private file system. */

const FOLDER = "own-models";

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** Copies a file; it is there when all of it is, or not at all. */
export async function keepFile(file: File, onBytes: (done: number) => void, signal: AbortSignal): Promise<void> {
  const handle = await (await folder()).getFileHandle(file.name, { create: true });
  let done = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.length;
      onBytes(done);
      controller.enqueue(chunk);
    },
  });
  await file
    .stream()
    .pipeThrough(counter)
    .pipeTo(await handle.createWritable(), { signal });
}

/** The file of that name; null when it is not there, or when its copy was cut off. */
export async function openFile(name: string): Promise<File | null> {
  try {
    const file = await (await (await folder()).getFileHandle(name)).getFile();
    return file.size > 0 ? file : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

export async function listFiles(): Promise<{ name: string; size: number }[]> {
  const files: { name: string; size: number }[] = [];
  for await (const handle of (await folder()).values()) {
    if (handle.kind === "file")
      files.push({ name: handle.name, size: (await (handle as FileSystemFileHandle).getFile()).size });
  }
  return files;
}

export async function removeFile(name: string): Promise<void> {
  await (await folder()).removeEntry(name);
}
