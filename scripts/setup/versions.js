// The versions that Facet installs and what they need.

export const TENSORFLOW_VERSION = '2.21.0';
/** The newest versions of symbols that its own libraries need, so that whoever loads them has these (`objdump -T`). */
export const NEWEST_SYMBOLS = { GLIBC: '2.27', GLIBCXX: '3.4.22', CXXABI: '1.3.11' };
/** The newest Node-API version that the addon's source knows; it names the folder in which tfjs looks. */
export const NODE_API_VERSION = 8;
/** The wheels are built against this C library. */
export const GLIBC_VERSION = '2.27';
/** The oldest NVIDIA driver that runs CUDA 12 programs. */
export const NVIDIA_DRIVER_VERSION = 525;
/** Training on WebAssembly against native TensorFlow on the same processor. */
export const WASM_SLOWDOWN = 10;
/** Bytes that a new installation takes while it unpacks. */
export const BYTES_NEEDED = { cpu: 1.3e9, cuda: 9e9 };
