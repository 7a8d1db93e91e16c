// Stands in for @tensorflow/tfjs-node-gpu: loads the fake addon and library from where the real one would.
// $FAKE_GPU: "found" always, "needs-path" only with CUDA in LD_LIBRARY_PATH; otherwise there is no GPU.

const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

JSON.parse(readFileSync(join(__dirname, 'lib/napi-v8/tfjs_binding.node'), 'utf8')); // throws for a bad addon
readFileSync(join(__dirname, 'deps/lib/libtensorflow_framework.so.2'));
const [, version, kind] = /^TensorFlow (\S+) for (\S+)$/.exec(readFileSync(join(__dirname, 'deps/lib/libtensorflow_cc.so.2'), 'utf8'));
const folders = (process.env.LD_LIBRARY_PATH ?? '').split(':');
const hasCudaPath = folders.some((folder) => existsSync(join(folder, 'libcublas.so.12')));
const gpu = kind === 'CUDA' && (process.env.FAKE_GPU === 'found' || (process.env.FAKE_GPU === 'needs-path' && hasCudaPath));

exports.tensor2d = (values) => values;
exports.matMul = ([a, b, c, d], [e, f, g, h]) => ({ dataSync: () => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h] });
exports.backend = () => ({ binding: { TF_Version: version }, isUsingGpuDevice: gpu });
