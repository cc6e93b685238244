/**
 * Cues of other languages: the ones that survive without a translator. Chinese, Japanese, Korean, Russian, Spanish,
 * French, German, Portuguese; written without accents where the script has them (messages are folded likewise).
 */
export const OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  'team:beginner':
    '初学者 | 新手 | 小白 | 入门 | 零基础 | 初心者 | 入門 | 초보 | 입문 | новичок | новичк* | начинающ* | principiante* | novato* | debutant* | anfanger* | einsteiger* | iniciante*',
  'goal:learning':
    '学习哪 | 学哪个 | 应该学 | 勉強 | 学ぶべき | 배우* | 배워야 | 공부 | изуча* | изучит* | учить | учиться | aprender | apprendre | lernen | estudar',
  'goal:research':
    '研究 | 科研 | 论文 | 学术 | 学術 | 論文 | 연구 | 논문 | исследован* | научн* | диссертац* | investigacion | investigador* | recherche | chercheur* | forschung | pesquisa | wissenschaft*',
  'goal:production':
    '生产环境 | 生产 | 工业界 | 工业部署 | 上线 | 本番 | 商用 | 운영 환경 | 프로덕션 | 상용 | продакшн* | продакшен* | в проде | промышлен* | produccion | producao | produktion* | produktiv* | en prod',
  'goal:migration':
    '迁移 | 移植 | 换成 | 转到 | 移行 | 乗り換え | 마이그레이션 | 옮기 | 전환 | миграци* | перейти | переход* | переписать | migrar | migracion | migrer | umstieg | umsteigen | migrieren | migracao',
  'goal:compare':
    '区别 | 对比 | 比较 | 比較 | 違い | 차이 | 비교 | сравнен* | сравнить | разниц* | отличи* | diferencia* | differenc* | unterschied* | vergleich* | diferenca*',
  'goal:prototyping': '原型 | 快速实验 | プロトタイプ | 프로토타입 | прототип* | prototip* | prototyp*',
  'target:mobile':
    '手机 | 移动端 | 移动设备 | 端侧 | スマホ | スマートフォン | モバイル | 携帯 | 모바일 | 스마트폰 | 휴대폰 | 핸드폰 | мобильн* | смартфон* | телефон* | movil | moviles | telefono* | celular* | telephone* | handy | handys | mobilgerat* | telefone*',
  'target:android': '安卓 | アンドロイド | 안드로이드 | андроид*',
  'target:ios': '苹果手机 | アイフォン | 아이폰 | айфон*',
  'target:microcontroller':
    '单片机 | 微控制器 | マイコン | 마이크로컨트롤러 | 아두이노 | микроконтроллер* | ардуино | microcontrolador* | microcontroleur* | mikrocontroller*',
  'target:embedded-linux':
    '树莓派 | 嵌入式 | ラズパイ | ラズベリーパイ | 組み込み | 라즈베리파이 | 라즈베리 | 임베디드 | малинк* | встраиваем* | sistemas embebidos | systeme embarque | systemes embarques | eingebettet*',
  'target:browser': '浏览器 | 网页 | ブラウザ | 브라우저 | 웹에서 | браузер* | navegador* | navigateur*',
  'target:server': '服务器 | 服务端 | サーバ | 서버 | 서빙 | сервер* | servidor* | serveur*',
  'target:cloud': '云端 | 云平台 | クラウド | 클라우드 | облак* | la nube | nuvem',
  'domain:cv':
    '计算机视觉 | 图像 | 视觉 | 目标检测 | 画像 | 物体検出 | 이미지 | 컴퓨터 비전 | 비전 | изображен* | компьютерн* зрени* | imagenes | imagens | bilder* | bildverarbeitung | vision por computador* | vision par ordinateur',
  'domain:nlp':
    '自然语言 | 文本分类 | 自然言語 | 자연어 | обработк* текст* | обработк* естественн* | lenguaje natural | langage naturel | sprachverarbeitung | linguagem natural',
  'domain:llm':
    '大模型 | 大语言模型 | 大規模言語モデル | 거대 언어 모델 | языков* модел* | modelos de lenguaje | modeles de langage | sprachmodell* | modelos de linguagem',
  'domain:speech':
    '语音 | 音声 | 음성 | распознаван* речи | reconocimiento de voz | reconnaissance vocale | spracherkennung',
  'domain:rl':
    '强化学习 | 強化学習 | 강화학습 | 강화 학습 | обучен* с подкреплен* | aprendizaje por refuerzo | apprentissage par renforcement | bestarkendes lernen',
  'domain:generative': '生成模型 | 扩散模型 | 生成モデル | 생성 모델 | 생성형 | генеративн* | generativo* | generativ*',
  'scale:multi-gpu':
    '多卡 | 多机 | 分布式 | 分散学習 | 複数のgpu | 분산 학습 | 다중 gpu | распределен* обучен* | varias gpu* | plusieurs gpu* | mehrere gpu* | verteiltes training',
  'scale:huge':
    '大规模 | 大規模 | 대규모 | крупномасштабн* | gran escala | grande echelle | grossem massstab | larga escala',
  'hardware:gpu':
    '显卡 | グラフィックボード | グラボ | 그래픽카드 | видеокарт* | tarjeta grafica | carte graphique | grafikkarte | placa de video',
  'priority:speed':
    '速度 | 更快 | 太慢 | 速い | 遅い | 高速 | 빠른 | 빠르 | 속도 | 느려 | 느린 | быстре* | скорост* | медленн* | rapido* | mas rapido | velocidad | velocidade | plus rapide | vitesse | schneller | geschwindigkeit | langsam*',
  'priority:debugging':
    '调试 | デバッグ | 디버깅 | 디버그 | отладк* | отлажива* | depurar | depuracion | deboguer | debogage | fehlersuche | depuracao',
  'priority:ease':
    '简单 | 易用 | 容易 | 好上手 | 简洁 | 簡単 | 使いやす | 쉬운 | 쉽 | 간단 | прост* | легк* | проще | facil | facile | einfach* | sencillo',
  'priority:hiring':
    '就业 | 找工作 | 招聘 | 面试 | 就職 | 転職 | 취업 | 취직 | 채용 | работ* найти | найти работу | вакансии | ваканси* | empleo* | trabajo | emploi* | emprego* | jobsuche | stellen',
  'priority:ecosystem':
    '社区 | 生态 | 增长最迅猛 | 流行 | コミュニティ | エコシステム | 人気 | 커뮤니티 | 생태계 | 인기 | сообществ* | экосистем* | популярн* | comunidad* | ecosistema* | communaute* | gemeinschaft | comunidade*',
  'priority:docs':
    '文档 | 教程 | ドキュメント | チュートリアル | 문서 | 튜토리얼 | документац* | documentacion | dokumentation | documentacao',
  'priority:flexibility':
    '灵活 | 动态图 | 柔軟 | 動的 | 유연 | 동적 | гибк* | flexibilidad | flexibilite | flexibilitat | flexibilidade',
  'priority:memory': '显存 | 内存 | メモリ | 메모리 | памят* | memoria | memoire | speicher*',
  'horizon:long':
    '前景 | 未来 | 过时 | 将来性 | 将来 | 미래 | 전망 | будущ* | устарел* | умер | futuro | avenir | zukunft*',
};
