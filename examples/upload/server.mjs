// A server that accepts only audio files: POST /songs, with a form that has a
// file. Uploads are untrusted. A deadline and a memory limit apply to each of
// them, and a file that crashes TagLib does not crash the server.
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
  // No preopens, because uploads are bytes. A second is ample for a file of this size.
  await initialize([], { deadlineMs: 1000 });

  const server = fastify();
  server.register(multipart, { limits: { fileSize: MOST_BYTES, files: 1 } });

  server.post('/songs', async (request, reply) => {
    const upload = await request.file();
    if (upload === undefined) return reply.code(400).send({ error: 'the form has no file' });
    const bytes = await upload.toBuffer();
    try {
      // The format is detected from the content. The client's MIME type is ignored.
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
