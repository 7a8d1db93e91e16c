// Run in a process of its own: loads the installed package, multiplies two matrices, prints what it found.

const util = require('node:util');

// Gone from Node 23 on, used by tfjs-node 4.22.
util.isArray ??= Array.isArray;
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const tf = require(process.argv[2]);
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
const { binding, isUsingGpuDevice } = tf.backend();
console.log(JSON.stringify({ product: [...product.dataSync()], version: binding.TF_Version, gpu: isUsingGpuDevice }));
