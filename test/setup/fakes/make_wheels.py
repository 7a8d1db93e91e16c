"""Makes tiny wheels with the layout of the real ones: make_wheels.py FOLDER"""

import base64
import hashlib
import os
import sys
import zipfile

METADATA = """Metadata-Version: 2.1
Name: tensorflow
Requires-Dist: numpy>=1.26.0
Provides-Extra: and-cuda
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"
Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"
Provides-Extra: gcs-filesystem
Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; (python_version < "3.13") and extra == "gcs-filesystem"
"""


def tensorflow(kind):
    return {
        "tensorflow/libtensorflow_cc.so.2": "TensorFlow 2.21.0 for " + kind,
        "tensorflow/libtensorflow_framework.so.2": "framework",
        "tensorflow/include/tensorflow/c/c_api.h": "header",
        "tensorflow/include/tensorflow/c/eager/c_api.h": "header",
        "tensorflow/include/tensorflow/cc/ops.h": "not needed",
        "tensorflow/python/_pywrap.so": "not needed",
    }


def nvidia(folder, library):
    return {
        "nvidia/%s/lib/%s" % (folder, library): library,
        "nvidia/%s/include/api.h" % folder: "not needed",
    }


def make(folder, name, version, files, damage=False):
    info = "%s-%s.dist-info" % (name, version)
    files = {**files, info + "/METADATA": METADATA}
    record = "".join("%s,sha256=%s,%d\n" % (path, digest(text), len(text)) for path, text in files.items())
    with zipfile.ZipFile(os.path.join(folder, "%s-%s-py3-none-manylinux_2_27_x86_64.whl" % (name, version)), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text.upper() if damage and "_cc" in path else text)
        wheel.writestr(info + "/RECORD", record + info + "/RECORD,,\n")


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


root = sys.argv[1]
os.makedirs(os.path.join(root, "damaged"))
make(root, "tensorflow_cpu", "2.21.0", tensorflow("CPU"))
make(root, "tensorflow", "2.21.0", tensorflow("CUDA"))
make(root, "nvidia_cublas_cu12", "12.9.1.4", nvidia("cublas", "libcublas.so.12"))
make(root, "nvidia_cudnn_cu12", "9.13.0.50", nvidia("cudnn", "libcudnn.so.9"))
make(os.path.join(root, "damaged"), "tensorflow_cpu", "2.21.0", tensorflow("CPU"), damage=True)
