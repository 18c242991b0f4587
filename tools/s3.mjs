/** An S3 server: moto, if it is installed for the `python3` of the PATH. */
import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';

/**
 * Serves a bucket with objects until its input ends. Prints its listing, and presigned URLs.
 */
const SERVER = `
import json, sys, boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f'http://{host}:{port}'
client = boto3.client(
    's3',
    endpoint_url=endpoint,
    region_name='us-east-1',
    aws_access_key_id='key',
    aws_secret_access_key='secret',
    config=Config(signature_version='s3v4', proxies={}),
)
client.create_bucket(Bucket='music')
files = json.loads(sys.argv[1])
access = {'ACL': 'public-read'} if sys.argv[2] == 'public' else {}
for name, file in files.items():
    client.upload_file(file, 'music', name, ExtraArgs=access)
objects = client.list_objects_v2(Bucket='music')['Contents']

def presigned(operation, name):
    return client.generate_presigned_url(operation, Params={'Bucket': 'music', 'Key': name})

print(json.dumps({
    'endpoint': f'{endpoint}/music',
    'objects': [{name: one[name] for name in ('Key', 'Size', 'ETag')} for one in objects],
    'urls': {name: presigned('get_object', name) for name in files},
    'uploads': {name: presigned('put_object', name) for name in files},
    'missing': presigned('get_object', 'none.mp3'),
}), flush=True)
sys.stdin.read()
`;

export const hasMoto =
  spawnSync('python3', ['-c', 'import boto3, moto.server'], { stdio: 'ignore' }).status === 0;

/**
 * Serves files as the objects of a bucket until `end` is called. Resolves to its `endpoint`, the
 * `objects` that S3 lists, and presigned URLs: `urls` of the objects and `uploads` to replace
 * them, by their keys, and `missing` of one that does not exist.
 *
 * @param {Record<string, string>} files The paths of files by the keys of objects.
 * @param {{ isPublic?: boolean }} [options] Whether everybody may read the objects.
 * @returns {Promise<{
 *   endpoint: string,
 *   objects: { Key: string, Size: number, ETag: string }[],
 *   urls: Record<string, string>,
 *   uploads: Record<string, string>,
 *   missing: string,
 *   end: () => void,
 * }>}
 */
export async function s3Server(files, { isPublic = false } = {}) {
  const access = isPublic ? 'public' : 'private';
  const server = spawn('python3', ['-c', SERVER, JSON.stringify(files), access], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, NO_PROXY: '127.0.0.1' },
  });
  for await (const line of createInterface(server.stdout)) {
    return { ...JSON.parse(line), end: () => server.stdin.end() };
  }
  throw new Error('moto has ended');
}
