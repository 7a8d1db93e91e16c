// (pure) What the files of this folder hand to each other: the addon, its handles, and tensors of a graph that is being traced.

import type { Tensor } from '../kernels.ts';

/** The part of the addon that is used here (binding/tfjs_binding.cc of @tensorflow/tfjs-node-gpu). */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): { id: number; shape: number[]; dtype: number }[];
  /** Shares the memory of `values`; a string's are one Uint8Array each. */
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array | Uint8Array[]): number;
  deleteTensor(id: number): void;
  /** A copy of the values. */
  tensorDataSync(id: number): Float32Array;
  /** The session's number. */
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  /** Names are `node:output`, separated by commas. */
  runSavedModel(
    session: number,
    inputs: number[],
    inputNames: string,
    outputNames: string,
  ): { id: number; shape: number[]; dtype: number }[];
  /** e.g. "2.21.0" */
  TF_Version: string;
  TF_ATTR_TYPE: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
}

export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** TF_DataType of tensorflow/c/tf_datatype.h. */
export const DataType = { float32: 1, int32: 3, uint8: 4, string: 7, bool: 10, bfloat16: 14, resource: 20 } as const;

export interface Handle extends Tensor {
  readonly id: number;
  readonly dtype: number;
}

/** What is known of an output before it is computed. */
export interface GraphOutput {
  shape: readonly number[];
  dtype: number;
}

export interface GraphConstant {
  dtype: number;
  shape: readonly number[];
  values: Float32Array | Int32Array;
}

/** A tensor of a graph: it has a shape, but no value yet. */
export interface GraphTensor extends Handle {
  /** What produces it, as an input names it. */
  readonly ref: string;
  /** Of a Const. */
  readonly values?: Float32Array | Int32Array;
}

/** Writes operations down in place of computing them. */
export interface Recorder {
  add(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): GraphTensor[];
  constant(constant: GraphConstant): GraphTensor;
}
