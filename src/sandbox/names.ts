/** People's names and places of one culture, as its people write them. */
export interface Culture {
  readonly locale: string
  readonly zone: string
  readonly dial: string
  /** Family name first, without a space between. */
  readonly joined?: boolean
  readonly given: readonly [string, ...string[]]
  readonly family: readonly [string, ...string[]]
  readonly address: string
}

/** Many scripts, both directions, plane 2 (U+20BB7 in a Japanese family name), apostrophes, hyphens, one-letter names. */
export const CULTURES: readonly [Culture, ...Culture[]] = [
  {
    locale: 'en-US',
    zone: 'America/New_York',
    dial: '+1212555',
    given: ['Olivia', 'Liam', 'Emma', 'Noah', 'Mary-Jane', 'D’Angelo', 'X Æ', 'Jo'],
    family: ['Smith', 'Johnson', 'O’Brien', "O'Neil", 'van der Berg', 'St. John', 'Null', 'García-Márquez'],
    address: '1600 Amphitheatre Pkwy, Suite "B"\nNew York, NY 10001',
  },
  {
    locale: 'fr-FR',
    zone: 'Europe/Paris',
    dial: '+336555',
    given: ['Zoé', 'Loïc', 'Anaïs', 'Jérôme', 'Maëlle', 'Benoît', 'Noël', 'Françoise'],
    family: ['Lefèvre', 'Müller-Dupont', 'D’Aubigné', 'L’Hôte', 'Crépeau', 'Œuvrard', 'de La Tour', 'Ÿ'],
    address: '12 bis, rue de l’Église\r\n75011 Paris; France',
  },
  {
    locale: 'de-DE',
    zone: 'Europe/Berlin',
    dial: '+4915155',
    given: ['Jürgen', 'Käthe', 'Björn', 'Sören', 'Änne', 'Karl-Heinz', 'Uwe', 'Grete'],
    family: ['Weiß', 'Groß', 'Schäfer', 'von und zu Gutenberg', 'Jäger', 'Köhler', 'STRAẞE', 'Lütke'],
    address: 'Straße des 17. Juni 135\n10623 Berlin',
  },
  {
    locale: 'pl-PL',
    zone: 'Europe/Warsaw',
    dial: '+48601',
    given: ['Łucja', 'Paweł', 'Żaneta', 'Świętosław', 'Małgorzata', 'Bożena', 'Michał', 'Józef'],
    family: ['Wójcik', 'Brzęczyszczykiewicz', 'Kowalska-Nowak', 'Zając', 'Śliwiński', 'Żak', 'Łęcki', 'Dąbrowska'],
    address: 'ul. Świętokrzyska 14/3\n00-050 Warszawa',
  },
  {
    locale: 'tr-TR',
    zone: 'Europe/Istanbul',
    dial: '+90532555',
    given: ['İrem', 'Işıl', 'Çağla', 'Şükrü', 'Ömer', 'Gülşen', 'Uğur', 'İlker'],
    family: ['Yıldırım', 'Çelik', 'Öztürk', 'Şahin', 'Işık', 'İnönü', 'Güneş', 'Doğan'],
    address: 'İstiklal Caddesi No:55\nBeyoğlu, İstanbul',
  },
  {
    locale: 'vi-VN',
    zone: 'Asia/Ho_Chi_Minh',
    dial: '+8490555',
    given: ['Thị Hường', 'Văn Đức', 'Ngọc Ánh', 'Minh Tuấn', 'Thuỳ Dương', 'Quốc Bảo', 'Hồng Nhung', 'Ý'],
    family: ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Đặng', 'Vũ', 'Đỗ'],
    address: '36 Phố Hàng Bạc, Hoàn Kiếm\nHà Nội',
  },
  {
    locale: 'uk-UA',
    zone: 'Europe/Kyiv',
    dial: '+38067555',
    given: ['Олександр', 'Ярослава', 'Їжак', 'Любов', 'Сергій', 'Ґанна', 'Євген', 'Дар’я'],
    family: ['Шевченко', 'Коваль', 'Гончаренко', 'Щербак', 'Мар’яненко', 'Їжакевич', 'Юрченко', 'Зозуля'],
    address: 'вул. Хрещатик, буд. 22, кв. 5\nКиїв',
  },
  {
    locale: 'el-GR',
    zone: 'Europe/Athens',
    dial: '+30694555',
    given: ['Γιώργος', 'Ελένη', 'Ζωή', 'Νίκος', 'Δέσποινα', 'Οδυσσέας', 'Άννα', 'Ραφαήλ'],
    family: ['Παπαδόπουλος', 'Οικονόμου', 'Χατζής', 'Καραΐσκος', 'Βλάχος', 'Ξένος', 'Ψαρράς', 'Ωραιόπουλος'],
    address: 'Οδός Ερμού 10\n105 63 Αθήνα',
  },
  {
    locale: 'ar-EG',
    zone: 'Africa/Cairo',
    dial: '+20100555',
    given: ['محمد', 'فاطمة', 'عبد الرحمن', 'زَيْنَب', 'يوسف', 'آمنة', 'أحمد', 'ليلى'],
    family: ['الشريف', 'بن سعيد', 'عبد اللطيف', 'حسين', 'المصري', 'نجيب', 'إبراهيم', 'القاضي'],
    address: '١٢ شارع طلعت حرب، الطابق ٣\nالقاهرة',
  },
  {
    locale: 'he-IL',
    zone: 'Asia/Jerusalem',
    dial: '+97250555',
    given: ['נועה', 'יוסף', 'תמר', 'אורי', 'שִׁירָה', 'דוד', 'יעל', 'משה'],
    family: ['כהן', 'לוי', 'מזרחי', "פרץ-ג'קובס", 'ביטון', 'אברהם', 'פרידמן', 'שרעבי'],
    address: 'רחוב דיזנגוף 99, דירה 4\nתל אביב',
  },
  {
    locale: 'hi-IN',
    zone: 'Asia/Kolkata',
    dial: '+9198555',
    given: ['आरव', 'प्रिया', 'श्रीकृष्ण', 'अनन्या', 'क्षितिज', 'ज्योति', 'विक्रम', 'इन्दु'],
    family: ['शर्मा', 'सिंह', 'त्रिपाठी', 'गुप्ता', 'श्रीवास्तव', 'मिश्र', 'पटेल', 'अय्यर'],
    address: '४२, महात्मा गाँधी मार्ग\nनई दिल्ली ११०००१',
  },
  {
    locale: 'ja-JP',
    zone: 'Asia/Tokyo',
    dial: '+8190555',
    joined: true,
    given: ['さくら', '太郎', '花子', '葵', 'ケンジ', '美咲', '龍之介', '凛'],
    family: ['𠮷野', '佐藤', '髙橋', '渡邉', '﨑山', '鈴木', '林', '長谷川'],
    address: '〒１００−０００１　東京都千代田区１−１\n皇居前ビル３階',
  },
  {
    locale: 'zh-CN',
    zone: 'Asia/Shanghai',
    dial: '+86138555',
    joined: true,
    given: ['伟', '秀英', '娜', '浩然', '梓涵', '建国', '小明', '𬱖'],
    family: ['王', '李', '欧阳', '张', '刘', '陈', '司马', '赵'],
    address: '北京市东城区东长安街1号，邮编100738',
  },
  {
    locale: 'ko-KR',
    zone: 'Asia/Seoul',
    dial: '+8210555',
    joined: true,
    given: ['민준', '서연', '지우', '하은', '도윤', '준', '예린', '수빈'],
    family: ['김', '이', '박', '최', '남궁', '정', '강', '뷁'],
    address: '서울특별시 종로구 세종대로 175',
  },
  {
    locale: 'th-TH',
    zone: 'Asia/Bangkok',
    dial: '+6681555',
    given: ['สมชาย', 'กัญญา', 'น้ำฝน', 'ณัฐวุฒิ', 'พิมพ์ชนก', 'อนันต์', 'ศิริพร', 'ปิติ'],
    family: ['ศรีสุวรรณ', 'ทองคำ', 'จันทร์เพ็ญ', 'วงศ์สวัสดิ์', 'รัตนโกสินทร์', 'แก้วมณี', 'บุญมา', 'ใจดี'],
    address: '๙๙/๑ ถนนสุขุมวิท แขวงคลองเตย\nกรุงเทพมหานคร',
  },
  {
    locale: 'am-ET',
    zone: 'Africa/Addis_Ababa',
    dial: '+25191155',
    given: ['አበበ', 'ትግስት', 'ዮሐንስ', 'ሰላማዊት', 'ከበደ', 'ማርያም', 'ዳዊት', 'ሕይወት'],
    family: ['ተስፋዬ', 'በቀለ', 'ገብረ ማርያም', 'አለሙ', 'ኃይሉ', 'መኮንን', 'ወልደ ጊዮርጊስ', 'ታደሰ'],
    address: 'ቦሌ መንገድ፣ አዲስ አበባ',
  },
]

/** What people (and attackers) really put into a nickname field. Each has broken an export somewhere. */
export const ODD_TEXTS: readonly [string, ...string[]] = [
  '👩‍👩‍👧‍👦', // one glyph, seven code points
  '🏳️‍🌈 pride 🇯🇵',
  'Zoe\u0308', // decomposed: two code points, and not equal to the composed form
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  'zero\u200bwidth\u200djoiner\ufeff',
  '\u202egnp.exe', // right-to-left override
  '𝒜𝓃𝓃𝒶 𝔉𝔯𝔞𝔨𝔱𝔲𝔯',
  "=cmd|' /C calc'!A0",
  '+1+1',
  '@SUM(1+1)*cmd|" /C calc"!A0',
  '-2+3',
  '<script>alert(document.cookie)</script>',
  '"><img src=x onerror=alert(1)>',
  "Robert'); drop table users;--",
  '{{7*7}}<%= 7*7 %>',
  'back\\slash \\n \\u0041 \\',
  'tab\tseparated\tvalue',
  'line\nbreak\r\nand another',
  '"quoted, with commas", \'twice\'',
  '  spaces around  ',
  '\u00a0',
  '',
  'null',
  '\\N',
  '\u001b[31mred\u001b[0m',
  '\u0001\u007f\u0085',
]
