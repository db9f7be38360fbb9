"""The suite's models: where each is, and the case with its inputs."""
import os
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Written by make_models.py: OUT/NAME/NAME.pb, NAME.npz, saved_model, NAME.onnx, NAME.tflite.
MADE = [
    "mlp",
    "vad",
    "lstm",
    "mobilenet_v2",
    "efficientnet_b0",
    "resnet50",
    "densenet121",
    "inception_v3",
    "unet",
    "wavenet",
    "minilm",
    "bert",
]
# Trained models of others, below the folder given with --trained.
TRAINED = {
    "kws": "mlperf-tiny/kws_ref_model",
    "resnet8": "mlperf-tiny/pretrainedResnet.pb",
    "vww": "mlperf-tiny/vww_96.pb",
    "wake_word": "mlperf-tiny/str_ww_ref_model.pb",
    "anomaly": "mlperf-tiny/ad01.pb",
    "basic_pitch": "basic-pitch/nmp",
}


@dataclass
class Model:
    name: str
    path: str  # SavedModel folder or GraphDef
    case: str  # .npz with feed/NAME
    folder: str = ""  # of ready-made formats, or empty


def model_list(options):
    """The models that the options ask for, small ones first."""
    digits = os.path.join(ROOT, "examples", "digits")
    models = [Model("digits", f"{digits}/model", f"{digits}/model.npz")]
    for name, path in TRAINED.items() if options.trained else []:
        path = os.path.join(options.trained, path)
        models.append(Model(name, path, path.removesuffix(".pb") + ".npz"))
    for name in MADE if options.models else []:
        folder = os.path.join(options.models, name)
        # The cases name tensors of the frozen graph.
        models.append(
            Model(name, f"{folder}/{name}.pb", f"{folder}/{name}.npz", folder)
        )
    if options.only:
        wanted = options.only.split(",")
        models = [m for m in models if m.name in wanted]
        missing = set(wanted) - {m.name for m in models}
        if missing:
            raise SystemExit(f"no model {', '.join(sorted(missing))}")
    return models
