/** Training frameworks: the first axis of a recommendation. */
export const FRAMEWORKS = ['pytorch', 'tensorflow', 'keras', 'jax'] as const;
export type FrameworkId = (typeof FRAMEWORKS)[number];

/** Deployment runtimes: the second axis, named only when the question has a deployment target. */
export const RUNTIMES = [
  'litert',
  'executorch',
  'onnxruntime',
  'tfjs',
  'litertjs',
  'tensorrt',
  'vllm',
  'triton',
  'tfserving',
] as const;
export type RuntimeId = (typeof RUNTIMES)[number];

export type CandidateId = FrameworkId | RuntimeId;

/** Names as their makers spell them, for replies. */
export const CANDIDATE_NAMES: Readonly<Record<CandidateId, string>> = {
  pytorch: 'PyTorch',
  tensorflow: 'TensorFlow',
  keras: 'Keras 3',
  jax: 'JAX',
  litert: 'LiteRT',
  executorch: 'ExecuTorch',
  onnxruntime: 'ONNX Runtime',
  tfjs: 'TensorFlow.js',
  litertjs: 'LiteRT.js',
  tensorrt: 'TensorRT',
  vllm: 'vLLM',
  triton: 'Triton Inference Server',
  tfserving: 'TensorFlow Serving',
};
