import type { CandidateId, FrameworkId } from '../recommendation/candidate.ts';

export interface System {
  readonly id: string;
  readonly candidate: CandidateId | null;
  readonly family: FrameworkId | null;
  /** Ways to write it, "|" between; spaces, dots and hyphens inside a name are the same. */
  readonly aliases: string;
}

/** Names for which a misspelling is recognised: long, and unlike any ordinary word. */
export const MISSPELLABLE: Readonly<Record<string, { readonly id: string; readonly distance: 1 | 2 }>> = {
  pytorch: { id: 'pytorch', distance: 2 },
  tensorflow: { id: 'tensorflow', distance: 2 },
  executorch: { id: 'executorch', distance: 1 },
  torchserve: { id: 'torchserve', distance: 1 },
  torchscript: { id: 'torchscript', distance: 1 },
  onnxruntime: { id: 'onnxruntime', distance: 1 },
  tensorboard: { id: 'tensorboard', distance: 1 },
};

/** Words near a misspellable name that are something else. */
export const NOT_MISSPELLED: ReadonlySet<string> = new Set(['tensorfloat', 'tensorfold', 'tensorflows', 'pytouch']);

const framework = (id: FrameworkId, aliases: string): System => ({ id, candidate: id, family: id, aliases });
const runtime = (id: CandidateId, family: FrameworkId | null, aliases: string): System => ({
  id,
  candidate: id,
  family,
  aliases,
});
const part = (id: string, family: FrameworkId | null, aliases: string): System => ({
  id,
  candidate: null,
  family,
  aliases,
});

/** Every system that a message can name, with its nicknames and its frequent misspellings. */
export const SYSTEMS: readonly System[] = [
  framework('pytorch', 'pytorch | torch | py torch | pt2 | pytorch lib |파이토치 | пайторч | 派托'),
  framework(
    'tensorflow',
    'tensorflow | tensor flow | tf | tf keras | tensorflow keras | 텐서플로 | 텐서플로우 | тензорфлоу | 张量流',
  ),
  framework('keras', 'keras | keras core | kears | kerras | 케라스 | керас'),
  framework('jax', 'jax | google jax'),

  runtime(
    'litert',
    'tensorflow',
    'litert | lite rt | tflite | tf lite | tensorflow lite | tensor flow lite | tensorflowlite | tflm | tflite micro | tensorflow lite micro | litert micro',
  ),
  runtime('executorch', 'pytorch', 'executorch | execu torch | executor torch | pytorch edge'),
  runtime('onnxruntime', null, 'onnxruntime | onnx runtime | ort | onnxruntime web | ort web | onnx runtime web'),
  runtime('tfjs', 'tensorflow', 'tfjs | tf js | tensorflow js | tensorflowjs'),
  runtime('litertjs', null, 'litertjs | litert js'),
  runtime('tensorrt', null, 'tensorrt | tensor rt | trt | torch tensorrt | tf trt'),
  runtime('vllm', 'pytorch', 'vllm'),
  runtime('triton', null, 'triton | triton inference server | triton server | nvidia triton'),
  runtime('tfserving', 'tensorflow', 'tfserving | tf serving | tensorflow serving | tensorflow model server'),

  part('torchserve', 'pytorch', 'torchserve | torch serve'),
  part('torchscript', 'pytorch', 'torchscript | torch script | torch jit'),
  part('pytorch-mobile', 'pytorch', 'pytorch mobile | torch mobile | pytorch android | pytorch lite'),
  part('torch-compile', 'pytorch', 'torch compile | torchdynamo | torch dynamo | torchinductor'),
  part('torch-xla', 'pytorch', 'torch xla | pytorch xla | torchxla | torchtpu | torch tpu | torchax'),
  part('torch-distributed', 'pytorch', 'fsdp | fsdp2 | torchrun | torch distributed'),
  part('libtorch', 'pytorch', 'libtorch | lib torch'),
  part('lightning', 'pytorch', 'pytorch lightning | lightning ai'),
  part('fastai', 'pytorch', 'fastai | fast ai'),
  part('torchvision', 'pytorch', 'torchvision | torch vision'),
  part('torchtext', 'pytorch', 'torchtext | torch text'),
  part('torchaudio', 'pytorch', 'torchaudio | torch audio'),
  part('torchrl', 'pytorch', 'torchrl | torch rl'),
  part('stable-baselines3', 'pytorch', 'stable baselines3 | sb3 | stable baselines 3'),
  part('torchsharp', 'pytorch', 'torchsharp | torch sharp'),
  part('lua-torch', null, 'lua torch | torch7 | torch 7'),

  part('tfx', 'tensorflow', 'tfx | tensorflow extended | tf extended'),
  part('tf-agents', 'tensorflow', 'tf agents | tensorflow agents'),
  part('tf-probability', 'tensorflow', 'tensorflow probability | tfp | tf probability'),
  part(
    'tf-object-detection',
    'tensorflow',
    'tf object detection api | tensorflow object detection api | tfod | tensorflow object detection',
  ),
  part('tf-hub', 'tensorflow', 'tf hub | tensorflow hub | tfhub'),
  part(
    'tf-function',
    'tensorflow',
    'tf function | autograph | tf session | tf placeholder | tf data | tfrecord | tfrecords | savedmodel | saved model',
  ),
  part('tf-distribute', 'tensorflow', 'tf distribute | mirroredstrategy | tpustrategy | mirrored strategy'),
  part('tf-federated', 'tensorflow', 'tensorflow federated | tff | tf federated'),
  part('swift-tensorflow', 'tensorflow', 'swift for tensorflow | s4tf'),
  part('tf-java', 'tensorflow', 'tensorflow java | tf java'),
  part('tensorboard', null, 'tensorboard | tensor board | tensorboardx'),

  part('flax', 'jax', 'flax | flax nnx'),
  part('haiku', 'jax', 'dm haiku | deepmind haiku'),
  part('equinox', 'jax', 'equinox'),
  part('optax', 'jax', 'optax'),

  part('onnx', null, 'onnx'),
  part('coreml', null, 'coreml | core ml | coremltools'),
  part('openvino', null, 'openvino | open vino'),
  part('mlx', null, 'mlx | apple mlx'),
  part('ncnn', null, 'ncnn'),
  part('mnn', null, 'mnn'),
  part('tvm', null, 'apache tvm | tvm'),
  part('huggingface', 'pytorch', 'huggingface | hugging face | hf transformers | huggingface transformers'),
  part('transformers-js', null, 'transformers js | transformersjs'),
  part('kserve', null, 'kserve | kf serving | kfserving'),
  part('bentoml', null, 'bentoml | bento ml'),
  part('ray', null, 'ray serve | ray train | rllib'),
  part('mxnet', null, 'mxnet | gluon'),
  part('caffe', null, 'caffe | caffe2'),
  part('theano', null, 'theano'),
  part('chainer', null, 'chainer'),
  part('cntk', null, 'cntk | microsoft cognitive toolkit'),
  part('paddlepaddle', null, 'paddlepaddle | paddle paddle | paddle | 飞桨'),
  part('mindspore', null, 'mindspore | 昇思'),
  part('dl4j', null, 'dl4j | deeplearning4j'),
  part('djl', null, 'djl | deep java library'),
  part('sklearn', null, 'sklearn | scikit learn | scikitlearn'),
  part('xgboost', null, 'xgboost | lightgbm | catboost'),
  part('tinygrad', null, 'tinygrad'),
  part('candle', null, 'huggingface candle | candle rs'),
  part('mediapipe', 'tensorflow', 'mediapipe | media pipe'),
];
