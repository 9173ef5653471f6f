// A zip with one executable file, stored as it is: what CreateFunction takes, without a dependency.

// One entry a byte; `zlib.crc32` came with Node 20.15 only.
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** The archive as bytes; `name` inside is executable. */
export function zipOf(name, content) {
  const file = Buffer.from(name);
  const sum = crc32(content);
  // PKWARE APPNOTE 4.3.7: version, flags, method "stored", time, date (1980-01-01), sizes, lengths.
  const common = (header, at) => {
    header.writeUInt16LE(20, at);
    header.writeUInt16LE(0x21, at + 8);
    header.writeUInt32LE(sum, at + 10);
    header.writeUInt32LE(content.length, at + 14);
    header.writeUInt32LE(content.length, at + 18);
    header.writeUInt16LE(file.length, at + 22);
  };
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  common(local, 4);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50);
  // Made on Unix, whose mode is in the upper half of the external attributes.
  central.writeUInt16LE((3 << 8) | 20, 4);
  common(central, 6);
  central.writeUInt32LE((0o100755 << 16) >>> 0, 38);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + file.length, 12);
  end.writeUInt32LE(local.length + file.length + content.length, 16);
  return Buffer.concat([local, file, content, central, file, end]);
}
