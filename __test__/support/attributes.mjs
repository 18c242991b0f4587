/** Extended attributes and POSIX access lists, by Python: Node has no functions for them. */
import { execFileSync, spawnSync } from 'node:child_process';

/** The version of an access list, its entries' tags, and no id (`linux/posix_acl_xattr.h`). */
const ACL_VERSION = 2;
const ACL_TAGS = { owner: 0x01, user: 0x02, group: 0x04, mask: 0x10, others: 0x20 };
const ACL_NO_ID = 0xffffffff;

const PERMISSIONS = { '---': 0, 'r--': 4, 'rw-': 6 };

/**
 * An access list as Linux stores it in `system.posix_acl_access`. Each entry is
 * `[tag, permissions]`, or `['user', permissions, id]` for a named user.
 */
export function accessList(entries) {
  const list = Buffer.alloc(4 + 8 * entries.length);
  list.writeUInt32LE(ACL_VERSION, 0);
  for (const [index, [tag, permissions, id = ACL_NO_ID]] of entries.entries()) {
    const offset = 4 + 8 * index;
    list.writeUInt16LE(ACL_TAGS[tag], offset);
    list.writeUInt16LE(PERMISSIONS[permissions], offset + 2);
    list.writeUInt32LE(id, offset + 4);
  }
  return list;
}

/**
 * Sets extended attributes, an object of Buffers. Returns false if there is no
 * python3, or if the file system refuses them.
 */
export function setAttributes(file, attributes) {
  const program = `import json, os, sys
for name, value in json.loads(sys.argv[2]).items():
    os.setxattr(sys.argv[1], name, bytes.fromhex(value))`;
  const encoded = Object.entries(attributes).map(([name, value]) => [name, value.toString('hex')]);
  const args = ['-c', program, file, JSON.stringify(Object.fromEntries(encoded))];
  return spawnSync('python3', args).status === 0;
}

/** The extended attributes of a file, an object of Buffers. */
export function attributesOf(file) {
  const program = `import json, os, sys
print(json.dumps({name: os.getxattr(sys.argv[1], name).hex() for name in os.listxattr(sys.argv[1])}))`;
  const output = execFileSync('python3', ['-c', program, file], { encoding: 'utf8' });
  const decoded = Object.entries(JSON.parse(output));
  return Object.fromEntries(decoded.map(([name, value]) => [name, Buffer.from(value, 'hex')]));
}
