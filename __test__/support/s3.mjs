/** An S3 server: moto, if it is installed for the `python3` of the PATH. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Serves a bucket until its input ends. */
const SERVER = `
import json, os, sys, boto3
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

def presigned(operation, name):
    return client.generate_presigned_url(operation, Params={'Bucket': 'music', 'Key': name})
`;

/** Uploads a file, and prints presigned URLs. */
const ONE_OBJECT = `${SERVER}
client.upload_file(sys.argv[1], 'music', sys.argv[2])
print(json.dumps({
    'url': presigned('get_object', sys.argv[2]),
    'upload': presigned('put_object', sys.argv[2]),
    'missing': presigned('get_object', 'none.mp3'),
}), flush=True)
sys.stdin.read()
`;

/** Uploads a folder. Prints the listing of the bucket, and presigned URLs by key. */
const FOLDER = `${SERVER}
access = {'ACL': 'public-read'} if sys.argv[2] == 'public' else {}
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        file = os.path.join(folder, name)
        key = os.path.relpath(file, sys.argv[1])
        client.upload_file(file, 'music', key, ExtraArgs=access)
objects = client.list_objects_v2(Bucket='music')['Contents']
print(json.dumps({
    'endpoint': f'{endpoint}/music',
    'objects': [{name: one[name] for name in ('Key', 'Size', 'ETag')} for one in objects],
    'urls': {one['Key']: presigned('get_object', one['Key']) for one in objects},
    'uploads': {one['Key']: presigned('put_object', one['Key']) for one in objects},
}), flush=True)
sys.stdin.read()
`;

export const hasMoto =
  spawnSync('python3', ['-c', 'import boto3, moto.server'], { stdio: 'ignore' }).status === 0;

/**
 * Serves a file as an object until the test ends. Resolves to presigned URLs: `url` of the object,
 * `upload` to replace it, and `missing` of one that does not exist.
 */
export function s3With(t, file, name) {
  return serve(t, ONE_OBJECT, [file, name]);
}

/**
 * Serves the files of a folder as a bucket until the test ends. Resolves to its `endpoint`, the
 * `objects` that S3 lists, and the presigned `urls` and `uploads` by key.
 */
export function s3WithFolder(t, folder, { isPublic }) {
  return serve(t, FOLDER, [folder, isPublic ? 'public' : 'private']);
}

async function serve(t, program, args) {
  const server = spawn('python3', ['-c', program, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, NO_PROXY: '127.0.0.1' },
  });
  t.after(() => server.stdin.end());
  for await (const line of createInterface(server.stdout)) return JSON.parse(line);
  throw new Error('moto has ended');
}
