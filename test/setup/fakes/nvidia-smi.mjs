// Stands in for nvidia-smi: prints $FAKE_DRIVER as the driver's version, or fails as without a GPU.

if (!process.env.FAKE_DRIVER) {
  console.log("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.");
  process.exit(9);
}
console.log(process.env.FAKE_DRIVER);
