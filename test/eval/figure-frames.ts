/** Sentences with a place for a figure, by what the figure says. */
export interface Frames {
  readonly share: readonly string[]
  readonly count: readonly string[]
  readonly temperature: readonly string[]
  readonly version: readonly string[]
  readonly address: readonly string[]
  readonly date: readonly string[]
  readonly money: readonly string[]
  readonly code: readonly string[]
  readonly amount: readonly string[]
}

/** Sentences that we wrote, by language. */
export const FRAMES: Readonly<Record<'en' | 'de' | 'zh', Frames>> = {
  en: {
    share: ['The tax on imported tea rose to {} that spring.', 'About {} of the harvest is lost to frost.'],
    count: [
      'The harbour was rebuilt by {} workers from the valley.',
      'In the archive there are {} letters by sailors.',
    ],
    temperature: [
      'At the weather station the air cooled down to {} degrees in January.',
      'Keep the vaccine at {} °C until it is used.',
    ],
    version: [
      'The crash was repaired in version {} of the editor.',
      'Upgrade the gateway to {} before you change the certificate.',
    ],
    address: ['The printer on the second floor has the address {}.', 'Requests from {} are refused by the firewall.'],
    date: ['The contract with the ferry company ends on {} at midnight.', 'On {} the bridge was opened to traffic.'],
    money: [
      'The company raised {} from investors last autumn.',
      'Repairing the dam will cost {} according to the council.',
    ],
    code: ['All suppliers must be certified under {} by spring.', 'The laboratory tested the {} for two weeks.'],
    amount: ['The patient gets {} of the medicine in the morning.', 'Stop the machine after {} and clean the filter.'],
  },
  de: {
    share: ['Die Steuer auf Tee stieg im Frühling auf {}.', 'Etwa {} der Ernte gehen durch Frost verloren.'],
    count: ['Den Hafen haben {} Arbeiter aus dem Tal gebaut.', 'Im Archiv liegen {} Briefe von Seeleuten.'],
    temperature: [
      'An der Wetterstation kühlte die Luft im Januar auf {} Grad ab.',
      'Der Impfstoff wird bei {} °C gelagert.',
    ],
    version: [
      'Der Absturz wurde in Version {} des Editors behoben.',
      'Aktualisieren Sie das Gateway auf {} vor dem Tausch.',
    ],
    address: ['Der Drucker im zweiten Stock hat die Adresse {}.', 'Anfragen von {} weist die Firewall ab.'],
    date: ['Der Vertrag mit der Fähre endet am {} um Mitternacht.', 'Am {} wurde die Brücke für den Verkehr geöffnet.'],
    money: [
      'Die Firma hat im Herbst {} von Investoren erhalten.',
      'Die Reparatur des Damms kostet {} laut dem Gemeinderat.',
    ],
    code: [
      'Alle Lieferanten müssen bis zum Frühling nach {} zertifiziert sein.',
      'Das Labor hat den {} lange geprüft.',
    ],
    amount: [
      'Die Patientin bekommt morgens {} des Medikaments.',
      'Halten Sie die Maschine nach {} an und reinigen Sie den Filter.',
    ],
  },
  zh: {
    share: ['那年春天进口茶叶的税率提高到{}。', '大约{}的收成因霜冻而损失。'],
    count: ['港口由山谷里的{}名工人重建。', '档案馆里保存着{}封水手的信件。'],
    temperature: ['一月份气象站的气温降到{}度。', '疫苗在使用之前应保存在{}°C的环境中。'],
    version: ['编辑器的崩溃问题在版本 {} 中得到修复。', '更换证书之前请把网关升级到 {} 版本。'],
    address: ['二楼打印机的地址是 {} 。', '防火墙拒绝来自 {} 的请求。'],
    date: ['与渡轮公司的合同于{}午夜到期。', '这座大桥于{}正式通车。'],
    money: ['这家公司去年秋天从投资者那里筹集了{}。', '据市议会称，修复大坝将花费{}。'],
    code: ['所有供应商必须在春季之前通过 {} 认证。', '实验室对 {} 进行了测试。'],
    amount: ['病人每天早上服用{}的药物。', '机器运行{}之后请停机并清洗过滤器。'],
  },
}

/** Units: the name, another unit, and other forms of the same amount ("*1000 g" multiplies the value). */
export const UNITS: Readonly<Record<'en' | 'de' | 'zh', readonly string[]>> = {
  en: [
    'mg|g| milligrams',
    'ml|l| millilitres|*0.001 l',
    'seconds|minutes| s',
    'kg|mg| kilograms|*1000 g',
    'hours|days| h|*60 minutes',
    'grams|kilograms| g|*1000 mg',
    'litres|gallons| l|*1000 ml',
    'drops|spoons',
    'tablets|injections',
    'minutes|weeks| min|*60 seconds',
    'metres|miles| m|*100 cm',
    'cycles|revolutions',
    'ounces|pounds| oz',
    'MB|GB| megabytes',
  ],
  de: [
    'mg|g| Milligramm',
    'ml|l| Milliliter|*0.001 l',
    'Sekunden|Minuten| s',
    'kg|mg| Kilogramm|*1000 g',
    'Stunden|Tagen| h|*60 Minuten',
    'Gramm|Kilogramm| g|*1000 mg',
    'Liter|Gallonen| l|*1000 ml',
    'Tropfen|Löffel',
    'Tabletten|Spritzen',
    'Minuten|Wochen| min|*60 Sekunden',
    'Metern|Meilen| m|*100 cm',
    'Umläufen|Schichten',
    'Unzen|Pfund',
    'MB|GB| Megabyte',
  ],
  zh: [
    '毫克|克| mg',
    '毫升|升| ml|*0.001升',
    '秒|分钟|秒钟',
    '公斤|吨|千克| kg|*1000克',
    '小时|天|个小时|*60分钟',
    '克|吨| g|*1000毫克',
    '升|加仑| l|*1000毫升',
    '滴|勺',
    '片|支',
    '分钟|周|*60秒',
    '米|英里| m|*100厘米',
    '圈|班',
    '盎司|磅',
    '个月|年|*1个月',
  ],
}
