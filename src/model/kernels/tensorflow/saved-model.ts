// A graph as the bytes of a SavedModel, the one form in which the addon takes a graph. The messages are those
// of @tensorflow/tfjs-node-gpu, which reads SavedModels with them.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findTfjs } from '../../../machine/installation.ts';
import type { GraphNode } from './graph.ts';
import type { Attribute, Binding, GraphConstant } from './handles.ts';

/** The tag under which the graph is found. */
export const SERVE = 'serve';
/** Of GraphDef, from which on every operation used here exists (TensorFlow 2.0 and later write more than that). */
const PRODUCER = 134;

// biome-ignore lint/suspicious/noExplicitAny: the generated messages have no types
type Message = any;
type Messages = Record<string, Message>;

/** The nodes of one graph, whatever functions they belong to, as a SavedModel without variables on disk. */
export function encodeSavedModel(nodes: readonly GraphNode[], binding: Binding): Uint8Array {
  const messages = createRequire(import.meta.url)(join(findTfjs()!, 'dist/proto/api_pb.js')) as Messages;
  const graph = new messages.GraphDef();
  graph.setVersions(withFields(new messages.VersionDef(), { setProducer: PRODUCER }));
  graph.setNodeList(nodes.map((node) => encodeNode(node, { messages, binding })));
  const info = withFields(new messages.MetaGraphDef.MetaInfoDef(), { setTagsList: [SERVE] });
  const metaGraph = withFields(new messages.MetaGraphDef(), { setMetaInfoDef: info, setGraphDef: graph });
  return withFields(new messages.SavedModel(), { setSavedModelSchemaVersion: 1, setMetaGraphsList: [metaGraph] }).serializeBinary();
}

interface With {
  messages: Messages;
  binding: Binding;
}

function encodeNode({ name, op, attributes, inputs, value }: GraphNode, { messages, binding }: With): Message {
  const node = withFields(new messages.NodeDef(), { setName: name, setOp: op, setInputList: inputs });
  const map = node.getAttrMap();
  for (const attribute of attributes) map.set(attribute.name, encodeAttribute(attribute, { messages, binding }));
  if (value) map.set('value', withFields(new messages.AttrValue(), { setTensor: encodeTensor(value, messages) }));
  return node;
}

function encodeAttribute({ name, type, value }: Attribute, { messages, binding }: With): Message {
  const encoded = new messages.AttrValue();
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return withFields(encoded, { setType: value });
    case binding.TF_ATTR_BOOL:
      return withFields(encoded, { setB: value });
    case binding.TF_ATTR_FLOAT:
      return withFields(encoded, { setF: value });
    case binding.TF_ATTR_STRING:
      return withFields(encoded, { setS: Buffer.from(value as string) });
    case binding.TF_ATTR_SHAPE:
      return withFields(encoded, { setShape: encodeShape(value as number[], messages) });
    case binding.TF_ATTR_INT:
      if (!Array.isArray(value)) return withFields(encoded, { setI: value });
      return withFields(encoded, { setList: withFields(new messages.AttrValue.ListValue(), { setIList: value }) });
    default:
      throw new Error(`attribute ${name} has the unknown type ${type}`);
  }
}

function encodeShape(shape: readonly number[], messages: Messages): Message {
  const sizes = shape.map((size) => withFields(new messages.TensorShape.Dim(), { setSize: size }));
  return withFields(new messages.TensorShape(), { setDimList: sizes });
}

function encodeTensor({ dtype, shape, values }: GraphConstant, messages: Messages): Message {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return withFields(new messages.Tensor(), { setDtype: dtype, setTensorShape: encodeShape(shape, messages), setTensorContent: content });
}

function withFields(message: Message, fields: Record<string, unknown>): Message {
  for (const [setter, value] of Object.entries(fields)) message[setter](value);
  return message;
}
