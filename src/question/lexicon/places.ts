/** Where the model is to run, and what the asker already has or is, in English. Same form as needs.ts. */
export const PLACES: Readonly<Record<string, string>> = {
  'target:mobile':
    'mobile | mobiles | smartphone* | smart phone* | phone | phones | cell phone* | cellphone* | phone app | mobile app* | on device | on devices | ondevice | tablet | tablets | flutter | react native | app 4 my phone | handheld* | edge device* | edge deployment | on the edge | at the edge | mobile phone*',
  'target:android':
    'android | pixel phone* | samsung phone* | play store | android app* | android phone* | android studio',
  'target:ios': 'ios | iphone | iphones | ipad | ipads | app store | ios app* | watchos | apple watch | visionos',
  'target:microcontroller':
    'microcontroller* | micro controller* | mcu | mcus | arduino* | esp32* | esp8266 | stm32* | cortex m* | tinyml | tiny ml | bare metal | rp2040 | nrf52* | nrf53* | raspberry pi pico | pi pico | ethos u* | kilobytes of ram | kb of ram | kb ram | firmware | rtos | freertos | zephyr | wearable sensor*',
  'target:embedded-linux':
    'embedded linux | raspberry pi | raspberrypi | rasberry pi | raspberry | rpi | beaglebone | embedded device* | embedded system* | embedded | single board computer* | sbc | yocto | imx8* | i mx8 | rockchip | rk3588 | intel edison | drone | drones | robot arm | smart camera* | hailo* | iot | iot device* | gateway device*',
  'target:jetson': 'jetson | jetson nano | jetson orin | jetson xavier | jetson tx2',
  'target:browser':
    'browser | browsers | in browser | web app* | webapp* | web page* | webpage* | my website | our website | a website | websites | client side | in the web | run on web | on the web | webgpu | webgl | wasm | webassembly | chrome extension* | frontend | front end',
  'target:server':
    'server | servers | backend | back end | rest api | http api | api endpoint* | serve | serving | model server* | inference server* | microservice* | kubernetes | k8s | docker | on premise* | on prem | grpc | high throughput | requests per second | requests a second | concurrent request* | concurrent user* | users at once | qps',
  'target:cloud': 'cloud | aws | sagemaker | azure | gcp | google cloud | vertex ai | serverless | lambda function*',
  'target:desktop':
    'desktop | desktops | desktop app* | windows app* | mac app* | windows program | exe | standalone application | pc application | photoshop plugin | vst plugin | game engine | game',

  'team:beginner':
    'beginner | beginners | beginer* | begginer* | newbie* | newb | noob | noobs | n00b | new to | novice* | complete beginner | just starting | just started | first time | never done | no experience | no prior experience | little experience | basic understanding | inexperienced | total newcomer | newcomer* | from scratch as a beginner | for dummies | im new | i am new | high school | no ml knowledge | without ml knowledge | w o ml knowledge | no machine learning background | no machine learning experience | no ml experience | no ml background | first project | first model | first neural network',
  'team:no-python':
    'dont know python | do not know python | dont know any python | no python | not know python | without python | never used python | cant use python | cannot use python | cant code in python | no python skills | no python experience | not python | python is not an option | nobody knows python | not familiar with python | cannot write python | no python programmers | doesnt know python | python free | avoid python',

  'existing:works':
    'works fine | works well | working fine | working well | runs fine | running fine | runs well | happy with | no complaints | works great | runs stably | makes money',

  'licence:permissive':
    'licence | license | licensing | apache 2 | mit license* | bsd license* | open source license* | commercial use | royalty free | gpl',
  'offline:yes':
    'offline | air gapped | airgapped | no internet | without internet | on premises only | disconnected | no network | data must not leave | data stays in house | leave our network | leaves our network | leave our premises | leaves our premises | leave our servers | leaves our servers | leave the building | leaves the building | leave the company | leaves the company | leave the hospital | leaves the hospital | no cloud | without cloud | without the cloud',

  'horizon:long':
    'long term | longterm | future proof* | futureproof* | in the future | next 5 years | next five years | next ten years | next 10 years | five years | ten years | 5 years | 10 years | still relevant | dead | dying | dead end | obsolete | deprecated | abandon* | outdated | be around | will survive | roadmap | future of | losing | in decline | declining | still maintained | actively maintained | still alive | still worth | still used | worth it in | growing fast* | grows fast* | new challengers | discontinued',
  'horizon:short':
    'short term | deadline | by next week | next week | next month | quick win | one off | throwaway | this weekend | a few days | two weeks',

  'priority:speed-training':
    'training speed | train faster | trains faster | faster training | fast training | slow training | training is slow | training time | faster to train | speed of training | slower in training | training slower | speed up training | training performance | training a model slower | training throughput | quick* to train | train quick*',
  'priority:speed-inference':
    'inference speed | inference time | fast inference | faster inference | inference is slow | slow inference | latency | low latency | real time | realtime | fps | frames per second | faster prediction* | prediction speed | throughput | inference performance | faster at inference | millisecond* | speed up inference',
  'priority:speed':
    'faster | fastest | slower | slow | slowest | speed | speeds | performance | performant | times slower | times faster | faster than | speed comparison | benchmark*',
  'priority:ease':
    'easy | easier | easiest | simple | simpler | simplest | user friendly | beginner friendly | friendly | intuitive | pythonic | less code | fewer lines | less boilerplate | no boilerplate | little boilerplate | minimal boilerplate | without boilerplate | hate boilerplate | hates boilerplate | avoid boilerplate | straightforward | high level | ease of use | readable | clean code | painless | steep | learning curve',
  'priority:debugging':
    'debug* | breakpoint* | step through | stack trace* readable | pdb | error messages | inspect tensors | eager mode | see what happens inside | transparent',
  'priority:hiring':
    'job | jobs | hiring | hire | easier to hire | easy to hire | hard to hire | harder to hire | hired | career | careers | employer* | employment | employab* | resume | cv for a job | job market | recruit* | salary | salaries | in demand | talent | industry demand | interview*',
  'priority:ecosystem':
    'ecosystem | community | libraries | pretrained models | pre trained models | pretrained weights | model zoo | model hub | hugging face | huggingface | third party | popular | popularity | most used | widely used | adoption | support from the community | more models | github stars | market share',
  'priority:stability':
    'stable | stability | backward compat* | backwards compat* | breaking changes | api changes | long term support | lts | reliable | reliability | mature | maturity | battle tested | proven | robust | maintainab*',
  'priority:memory':
    'memory | vram | out of memory | oom | memory usage | memory hog | ram | less memory | batch size | memory consumption | memory footprint | memory efficient',
  'priority:flexibility':
    'flexib* | custom layer* | custom training loop* | custom loss* | custom operation* | dynamic graph* | dynamic network* | dynamic model* | full control | low level control | unusual architecture* | exotic architecture* | customi* | control flow | variable length | hackable | modular',
  'priority:docs':
    'documentation | docs | tutorials | examples | books | learning material* | learning resources | well documented | online courses | stackoverflow answers | stack overflow answers | messy documentation | document is kind of messy',
};

/** Phrases that only look like a requirement: found first, so that the words inside them count for nothing. */
export const NO_REQUIREMENT =
  'machine learning | deep learning | scikit learn | sklearn | c++ frontend | c++ front end | transfer learning | learning rate* | supervised learning | representation learning | federated learning | active learning | model server software | error message | visual studio code | image below | image above | see image | screenshot* | the paper says | white paper | edge case* | edge cases | cutting edge | new to this | feature map* | in go on | job done | job queue | job script | batch job* | slow down my | docker image* | container image* | web search | random forest | voice your | the game plan | sounds good | sounds like | sound like | random access memory | simple question | quick question | python code for r | apple to apple* | play around with words | future work | in general | cv score | speech bubble | js file | object oriented | reproduc* the error | reproduc* this error | reproduc* the bug | phone number | support phone | windows size | window size | sliding window* | context window* | my course work is | of course | new to me | robot txt | test server | discord server | slack server | this server | our slack | go to | go with | go for | games aside | in the long run | easy question | easy to find | image folder | memory of | large scale of | small scale | performance review* | dont need fast | embedded in | word embedding*';
