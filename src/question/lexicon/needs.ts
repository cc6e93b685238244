/**
 * What askers need, in English: requirement id -> the words that say so, "|" between. A word that ends in "*" stands
 * for every word that begins so. Written in lower case; how the words are found is in ../phrases.ts.
 */
export const NEEDS: Readonly<Record<string, string>> = {
  'goal:research':
    'research | researcher* | paper | papers | academi* | phd | ph d | thesis | dissertation | state of the art | sota | novel architecture* | publish* | conference paper* | reproduc* a paper | new model ideas | university lab | our lab | my lab | doctoral',
  'goal:production':
    'production | prod | productioni* | in prod | deploy* to customers | deployed at scale | enterprise* | commercial product | ship a product | real product | industrial use | industrial application* | mlops | live service | go live | serve customers',
  'goal:learning':
    'should i learn | should you learn | which to learn | want to learn | wanna learn | learn first | start learning | to learn first | learning deep learning | learning ml | learning ai | first framework | get started | getting started | starting out | study* deep learning | studying | my studies | course | tutorial for | teach* | classroom | students | student project | learning curve | worth learning | learn',
  'goal:prototyping':
    'prototyp* | proof of concept | poc | experiment* | try out ideas | quick experiment* | hackathon | iterate quickly | fast iteration | iterate fast | playing around | mvp | tinker*',
  'goal:migration':
    'migrat* | switch over | rewrite | re write | rewriting | port our | port my | porting | port the code | port it | move away from | moving away from | switch from | switching from | move from | moving from | upgrade from | convert our code* | convert my code* | transition from | transition to | migrate to | leave tensorflow | get rid of | replace tensorflow | replacing tensorflow | legacy code*',
  'goal:compare':
    'compare | comparison | compared | difference* | differ | pros and cons | pros cons | advantages | versus | vs | tradeoff* | trade off*',

  'domain:cv':
    'computer vision | image* | object detection | segmentation | image classif* | photo* | picture* | video* | yolo* | ocr | face recognition | facial recognition | pose estimation | medical imag* | mri | x ray* | cnn | cnns | convnet* | defect detection | camera* | vision model* | satellite | vit | vision transformer*',
  'domain:nlp':
    'nlp | natural language | text classif* | sentiment* | translation | named entity | ner | bert | roberta | text mining | question answering | summari* text | document classif* | embeddings for text | word embedding* | text data | text model* | tokeni* | chatbot* | language understanding',
  'domain:llm':
    'llm | llms | large language model* | language model* | gpt* | llama* | mistral* | qwen* | gemma* | deepseek* | chatgpt | fine tune an llm | lora | qlora | instruction tun* | rag | agents with llm* | rlhf | mixture of experts',
  'domain:speech':
    'speech | asr | text to speech | tts | voice | audio | whisper | speaker recognition | keyword spotting | wake word | sound | music | podcast*',
  'domain:rl':
    'reinforcement learning | rl | drl | deep rl | dqn | ppo | actor critic | q learning | gym environment* | gymnasium | openai gym | robot learning | policy gradient | mujoco | isaac gym',
  'domain:tabular':
    'tabular | spreadsheet* | structured data | csv data | tables of | customer churn | churn | fraud detection | credit scor* | rows and columns | excel data | sql data',
  'domain:timeseries':
    'time series | timeseries | forecast* | demand prediction | stock price* | sensor data | anomaly detection | predictive maintenance | lstm',
  'domain:generative':
    'generative | gan | gans | cyclegan | stylegan | diffusion | diffusers | stable diffusion | image generation | generate images | generating images | text to image | vae | vaes | genai | gen ai | video generation',

  'scale:single-gpu':
    'single gpu | one gpu | 1 gpu | one graphics card | gaming pc | my laptop | a laptop | colab | kaggle notebook* | small dataset | small model*',
  'scale:multi-gpu':
    'multi gpu | multi gpus | multiple gpu | multiple gpus | muti gpu* | several gpus | two gpus | 2 gpus | 4 gpus | 8 gpus | distributed training | distributed | data parallel | ddp | deepspeed | multi node | multinode | multiple machines | gpu cluster | multi machines | muti machines | horovod | slurm | dgx | gpu server* | gpu node* | a100s | h100s | h200s | b200s | v100s | 3090s | 4090s | 5090s',
  'scale:huge':
    'very big model* | very large model* | huge model* | huge dataset* | billions of parameters | billion parameter* | billion parameters | 7b | 8b | 9b | 12b | 13b | 14b | 20b | 22b | 24b | 27b | 30b | 32b | 34b | 40b | 65b | 70b | 72b | 90b | 120b | 123b | 175b | 180b | 235b | 400b | 405b | 671b | thousands of gpus | hundreds of gpus | large scale training | large scale | massive scale | massive model* | massive dataset* | pretrain* | pre train* | foundation model* | supercomputer | hpc | terabytes | petabyte* | model parallel* | tensor parallel* | trillion* | tpu pod* | tpu v5 pod* | pods of tpus',

  'hardware:gpu': 'gpu | gpus | graphics card | graphics cards | video card',
  'hardware:nvidia':
    'nvidia | cuda | cudnn | rtx | gtx | geforce | a100 | a100s | h100 | h100s | h200 | h200s | b200 | b200s | gb200 | v100 | v100s | l40s | dgx | quadro | 4090 | 4090s | 3090 | 3090s | 5090 | 5090s | 3080 | 4080 | nvidia gpu*',
  'hardware:amd':
    'amd | rocm | radeon | mi300* | mi325* | mi350* | mi355* | mi250* | rx 6* | rx 7* | rx 9* | ryzen ai | strix halo | instinct | amd gpu*',
  'hardware:apple':
    'apple silicon | m1 | m2 | m3 | m4 | m5 | m1 max | m1 pro | m2 max | m3 max | macbook* | mps | metal | apple gpu | apple neural engine | mac mini | mac studio | mac m1',
  'hardware:tpu':
    'tpu research cloud | tpu pod* | tpu v5 pod* | pods of tpus | tpu | tpus | tpuv* | v5e* | v5p* | v6e* | v5litepod* | cloud tpu* | trillium | ironwood | colab tpu*',
  'hardware:edgetpu': 'edge tpu | edgetpu | coral | coral dev board | google coral | coral usb | coral edge tpu',
  'hardware:cpu':
    'cpu only | only cpu | cpu | cpus | no gpu | no gpus | without gpu | without a gpu | without gpus | without any gpu | dont have a gpu | dont have gpu | do not have a gpu | no graphics card | dont have a graphics card | without a graphics card | no dedicated gpu | weak laptop | old laptop',

  'os:windows': 'windows | win10 | win11 | windows 10 | windows 11 | win 10 | win 11 | wsl | wsl2 | powershell',
  'os:macos': 'macos | mac os | osx | os x | mac | macs | imac',
  'os:linux': 'linux | ubuntu | debian | centos | fedora | rhel',

  'language:java': 'java | kotlin | jvm | scala | spring boot',
  'language:go':
    'golang | in go | go binding* | go service | go backend | go application | go program* | go language | go lang',
  'language:cpp': 'c++ | cpp | cplusplus | c plus plus | qt application | unreal engine',
  'language:rust': 'rust | in rust | rustlang | rust service | cargo crate',
  'language:r':
    'in r | r language | rstudio | r studio | r user | r users | r package | r programming | tidyverse | use r | using r',
  'language:swift': 'swift | swiftui | objective c | xcode',
  'language:javascript':
    'javascript | typescript | node js | nodejs | react | vue | electron | js | react app | next js | js version',
  'language:csharp': 'c# | csharp | .net | dotnet | dot net | ml .net | unity | unity3d | unity game',
};
