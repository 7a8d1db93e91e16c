// (pure) One dispatch on the GPU: what it reads and writes, and its WGSL. Every shape is a constant in the WGSL, so that a node needs no uniforms.

/** An array on the device, of values of 32 bits. */
export interface Storage {
  /** Values. */
  readonly size: number;
  /** Default: f32. */
  readonly type?: 'u32';
}

/** A value that an expression reads: `at` gives its index for the index of the value that is written. Default: the same index. */
export interface Load {
  storage: Storage;
  at?: (i: string) => string;
}

/** What is done with a value before it is written: `x` is the value, `args` those of `loads`, all WGSL expressions. */
interface Post {
  loads: readonly Load[];
  expression: (x: string, args: readonly string[]) => string;
}

/** How a node's WGSL names what is bound to it. */
export interface Access {
  /** A value of the storage: an expression. */
  read(storage: Storage, index: string): string;
  /** Writes a value into an output (default: the first): a statement. */
  write(index: string, value: string, output?: Storage): string;
}

export interface Node {
  readonly reads: readonly Storage[];
  readonly writes: readonly Storage[];
  readonly workgroups: readonly [number, number, number];
  /** Functions and workgroup variables of the body. */
  readonly declarations?: (access: Access) => string;
  /** The body of main. Has `group`, the workgroup's index, and `thread`, the index of the thread in its workgroup of 256. */
  readonly body: (access: Access) => string;
  /** Where each value of the one output is an expression of values at known places. */
  readonly map?: Post;
  /** What the body calls its outputs, in the order of `writes`. Default: `writes`. */
  readonly outputs?: readonly Storage[];
  /** Applied to each value of the one output before it is written. */
  readonly post?: Post;
  /** Changes parameters: what reads them may not move across it. */
  readonly isUpdate?: boolean;
}

export const THREADS = 256;
/** Of workgroups in one dimension of a dispatch. */
export const MOST_WORKGROUPS = 65_535;

/** One thread for each of `size` values; `i` is its index. */
export function perValue(size: number, statements: string): { workgroups: [number, number, number]; body: string } {
  const groups = Math.ceil(size / THREADS);
  const columns = Math.min(groups, MOST_WORKGROUPS);
  const index = groups > columns ? `(group.y * ${columns}u + group.x) * ${THREADS}u + thread` : `group.x * ${THREADS}u + thread`;
  return {
    workgroups: [columns, Math.ceil(groups / columns), 1],
    body: `let i = ${index};\nif (i < ${size}u) {\n${statements}\n}`,
  };
}

/** Each value of `output` from values at known places. */
export function mapNode(output: Storage, loads: readonly Load[], expression: (args: readonly string[], i: string) => string): Node {
  const map: Post = { loads, expression: (_, args) => expression(args, 'i') };
  const value = (access: Access) => expression(readLoads(access, loads, 'i'), 'i');
  return {
    reads: loads.map(({ storage }) => storage),
    writes: [output],
    workgroups: perValue(output.size, '').workgroups,
    body: (access) => perValue(output.size, access.write('i', value(access))).body,
    map,
  };
}

/** A node whose one output `consumer`, a map, reads at the same places: both as one. */
export function fuse(producer: Node, consumer: Node, link: Storage): Node {
  const map = consumer.map!;
  const others = map.loads.filter(({ storage }) => storage !== link);
  const before = producer.post;
  const post: Post = {
    loads: [...(before?.loads ?? []), ...others],
    expression(x, args) {
      const own = before?.loads.length ?? 0;
      const value = before ? before.expression(x, args.slice(0, own)) : x;
      const rest = args.slice(own);
      let next = 0;
      return map.expression(
        '',
        map.loads.map(({ storage }) => (storage === link ? `(${value})` : rest[next++]!)),
      );
    },
  };
  return {
    ...producer,
    reads: [...new Set([...producer.reads, ...others.map(({ storage }) => storage)])],
    writes: consumer.writes,
    map: undefined,
    outputs: producer.outputs ?? producer.writes,
    post,
  };
}

/** The WGSL of a node, and what is bound to it in order: what it reads, then what it writes. */
export function writeShader(node: Node): { code: string; bindings: Storage[] } {
  const reads = [...new Set(node.reads)].filter((storage) => !node.writes.includes(storage));
  const bindings = [...reads, ...node.writes];
  const outputs = node.outputs ?? node.writes;
  const name = (storage: Storage) => `buffer${bindings.indexOf(storage)}`;
  const access: Access = {
    read: (storage, index) => `${name(storage)}[${index}]`,
    write(index, value, output = outputs[0]!) {
      const target = name(node.writes[outputs.indexOf(output)]!);
      const { post } = node;
      if (!post) return `${target}[${index}] = ${value};`;
      return `{ let i = ${index}; let value = ${value}; ${target}[i] = ${post.expression('value', readLoads(access, post.loads, 'i'))}; }`;
    },
  };
  const declared = bindings.map(({ type = 'f32' }, binding) => {
    const mode = binding < reads.length ? 'read' : 'read_write';
    return `@group(0) @binding(${binding}) var<storage, ${mode}> buffer${binding}: array<${type}>;`;
  });
  const code = `${declared.join('\n')}
${node.declarations?.(access) ?? ''}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
${node.body(access)}
}
`;
  return { code, bindings };
}

const readLoads = (access: Access, loads: readonly Load[], i: string): string[] =>
  loads.map(({ storage, at = (same) => same }) => access.read(storage, at(i)));
