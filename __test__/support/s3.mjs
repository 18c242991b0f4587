/** An S3 server: moto, if it is installed for the `python3` of the PATH. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Serves a bucket with one object until its input ends. Prints presigned URLs. */
const SERVER = `
import json, sys, boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
client = boto3.client(
    's3',
    endpoint_url=f'http://{host}:{port}',
    region_name='us-east-1',
    aws_access_key_id='key',
    aws_secret_access_key='secret',
    config=Config(signature_version='s3v4', proxies={}),
)
client.create_bucket(Bucket='music')
client.upload_file(sys.argv[1], 'music', sys.argv[2])

def presigned(operation, name):
    return client.generate_presigned_url(operation, Params={'Bucket': 'music', 'Key': name})

print(json.dumps({
    'url': presigned('get_object', sys.argv[2]),
    'upload': presigned('put_object', sys.argv[2]),
    'missing': presigned('get_object', 'none.mp3'),
}), flush=True)
sys.stdin.read()
`;

export const hasMoto =
  spawnSync('python3', ['-c', 'import boto3, moto.server'], { stdio: 'ignore' }).status === 0;

/**
 * Serves a file as an object until the test ends. Resolves to presigned URLs: `url` of the object,
 * `upload` to replace it, and `missing` of one that does not exist.
 */
export async function s3With(t, file, name) {
  const server = spawn('python3', ['-c', SERVER, file, name], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, NO_PROXY: '127.0.0.1' },
  });
  t.after(() => server.stdin.end());
  for await (const line of createInterface(server.stdout)) return JSON.parse(line);
  throw new Error('moto has ended');
}
