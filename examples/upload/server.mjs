// A server that takes audio files and nothing else: POST /songs, with a form
// that has a file. Uploads are a stranger's bytes; whatever is in them, the
// server goes on, within its memory and in time.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import fastify from 'fastify';
import {
  InvalidFormatError,
  initialize,
  MetadataError,
  ResourceLimitError,
  readMetadata,
} from 'taglib-wasi';

const MOST_BYTES = 50 * 1024 * 1024;

export async function buildServer() {
  // No directory: what comes is bytes. A second is plenty for a file of this size.
  await initialize([], { deadlineMs: 1000 });

  const server = fastify();
  server.register(multipart, { limits: { fileSize: MOST_BYTES, files: 1 } });

  server.post('/songs', async (request, reply) => {
    const upload = await request.file();
    if (upload === undefined) return reply.code(400).send({ error: 'the form has no file' });
    const bytes = await upload.toBuffer();
    try {
      // What the client says of the type is not asked: the content decides.
      const { tags, properties } = await readMetadata(bytes, { pictures: false });
      if (properties === undefined) return reply.code(422).send({ error: 'there is no sound' });
      return { title: tags.title, artist: tags.artist, seconds: properties.duration };
    } catch (error) {
      if (error instanceof InvalidFormatError) {
        return reply.code(415).send({ error: 'this is no audio file' });
      }
      if (error instanceof ResourceLimitError || error instanceof MetadataError) {
        return reply.code(422).send({ error: 'this file takes too much to read' });
      }
      throw error;
    }
  });
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await buildServer();
  console.log(await server.listen({ port: Number(process.env.PORT ?? 3000) }));
}
