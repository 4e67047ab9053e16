"""One short text in many languages, in the charsets that people kept them in before Unicode."""

# ruff: noqa: RUF001 - letters of other alphabets are what this file is about

from collections.abc import Callable, Mapping
from functools import partial

RUSSIAN = (
    "Осенью в саду собирают яблоки и груши. "
    "Корзины стоят под деревьями, а дети носят их к дому. "
    "Вечером бабушка варит варенье, и по всей деревне пахнет сахаром и корицей. "
    "Соседи приходят за рецептом, пьют чай и рассказывают, как прошёл год. "
    "Урожай в этом году был хорошим: почти три тонны яблок и полторы тонны груш."
)
JAPANESE = (
    "秋になると、果樹園でりんごと梨を収穫します。"
    "かごは木の下に並べられ、子どもたちが家まで運びます。"
    "夕方には祖母がジャムを煮て、村じゅうに砂糖とシナモンの香りが広がります。"
    "近所の人たちは作り方を聞きに来て、お茶を飲みながら一年の出来事を話します。"
    "今年の収穫は良く、りんごは約三トン、梨は一トン半でした。"
)
CHINESE = (
    "秋天，人们在果园里采摘苹果和梨。"
    "篮子放在树下，孩子们把它们搬回家。"
    "傍晚，奶奶熬果酱，整个村子都飘着糖和肉桂的香味。"
    "邻居们来要配方，一边喝茶一边讲述这一年的事情。"
    "今年的收成很好，苹果差不多有三吨，梨有一吨半。"
)
TAIWANESE = (
    "秋天，人們在果園裡採摘蘋果和梨。"
    "籃子放在樹下，孩子們把它們搬回家。"
    "傍晚，奶奶熬果醬，整個村子都飄著糖和肉桂的香味。"
    "鄰居們來要配方，一邊喝茶一邊講述這一年的事情。"
    "今年的收成很好，蘋果差不多有三噸，梨有一噸半。"
)
FRENCH = (
    "À l’automne, on récolte les pommes et les poires du verger. "
    "Les paniers attendent sous les arbres et les enfants les portent à la maison. "
    "Le soir, grand-mère prépare la confiture ; tout le village sent le sucre et la cannelle. "
    "Les voisins viennent demander la recette, boivent du thé et racontent l’année passée. "
    "La récolte était bonne : près de trois tonnes de pommes, une tonne et demie de poires."
)
GERMAN = (
    "Im Herbst werden im Garten Äpfel und Birnen geerntet. "
    "Die Körbe stehen unter den Bäumen, und die Kinder tragen sie nach Hause. "
    "Abends kocht Großmutter Marmelade, und im ganzen Dorf riecht es nach Zucker und Zimt. "
    "Die Nachbarn fragen nach dem Rezept, trinken Tee und erzählen, wie das Jahr war. "
    "Die Ernte war gut: fast drei Tonnen Äpfel, für die Birnen genügten anderthalb."
)
POLISH = (
    "Jesienią w sadzie zbiera się jabłka i gruszki. "
    "Kosze stoją pod drzewami, a dzieci noszą je do domu. "
    "Wieczorem babcia gotuje konfitury i w całej wsi pachnie cukrem oraz cynamonem. "
    "Sąsiedzi przychodzą po przepis, piją herbatę i opowiadają, jak minął rok. "
    "Zbiory były dobre: prawie trzy tony jabłek i półtorej tony gruszek, żadne się nie zmarnowało."
)
CZECH = (
    "Na podzim se v sadu sklízejí jablka a hrušky. "
    "Koše stojí pod stromy a děti je nosí domů. "
    "Večer babička vaří marmeládu a celá vesnice voní cukrem a skořicí. "
    "Sousedé přicházejí pro recept, pijí čaj a vyprávějí, jaký byl rok. "
    "Úroda byla dobrá: téměř tři tuny jablek a jeden a půl tuny hrušek."
)
GREEK = (
    "Το φθινόπωρο μαζεύουν μήλα και αχλάδια στο περιβόλι. "
    "Τα καλάθια βρίσκονται κάτω από τα δέντρα και τα παιδιά τα κουβαλούν στο σπίτι. "
    "Το βράδυ η γιαγιά φτιάχνει μαρμελάδα και όλο το χωριό μυρίζει ζάχαρη και κανέλα. "
    "Οι γείτονες ζητούν τη συνταγή, πίνουν τσάι και διηγούνται πώς πέρασε η χρονιά. "
    "Η σοδειά ήταν καλή."
)
HEBREW = (
    "בסתיו קוטפים במטע תפוחים ואגסים. "
    "הסלים עומדים מתחת לעצים, והילדים נושאים אותם הביתה. "
    "בערב סבתא מבשלת ריבה, ובכל הכפר נודף ריח של סוכר וקינמון. "
    "השכנים באים לבקש את המתכון, שותים תה ומספרים איך עברה השנה. "
    "היבול היה טוב השנה: כמעט שלוש טונות תפוחים וטונה וחצי אגסים."
)
TURKISH = (
    "Sonbaharda bahçede elma ve armut toplanır. "
    "Sepetler ağaçların altında durur, çocuklar onları eve taşır. "
    "Akşam büyükanne reçel kaynatır ve bütün köy şeker ile tarçın kokar. "
    "Komşular tarifi sormaya gelir, çay içer ve yılın nasıl geçtiğini anlatır. "
    "Hasat bu yıl iyiydi."
)
KOREAN = (
    "가을이 되면 과수원에서 사과와 배를 거둡니다. "
    "바구니는 나무 아래에 놓여 있고 아이들이 집으로 나릅니다. "
    "저녁에는 할머니가 잼을 끓이고 온 마을에 설탕과 계피 향이 퍼집니다. "
    "이웃들은 만드는 법을 물으러 와서 차를 마시며 한 해 동안 있었던 일을 이야기합니다."
)
ARABIC = (
    "في الخريف يجمع الناس التفاح والكمثرى من البستان. "
    "توضع السلال تحت الأشجار ويحملها الأطفال إلى البيت. "
    "في المساء تطبخ الجدة المربى وتفوح في القرية كلها رائحة السكر والقرفة. "
    "يأتي الجيران ليسألوا عن الوصفة ويشربوا الشاي ويحكوا كيف مضت السنة."
)

CHARSETS: Mapping[str, str] = {  # charset -> text
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "cp866": RUSSIAN,
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso2022_jp": JAPANESE,
    "gb18030": CHINESE,
    "big5": TAIWANESE,
    "euc-kr": KOREAN,
    "windows-1252": FRENCH,
    "iso-8859-15": GERMAN,
    "iso-8859-2": POLISH,
    "windows-1250": CZECH,
    "windows-1253": GREEK,
    "windows-1254": TURKISH,
    "windows-1255": HEBREW,
    "windows-1256": ARABIC,
}


def _document(charset: str) -> bytes:
    return f"{CHARSETS[charset]}\r\n".encode(charset)


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    f"{charset}.txt": partial(_document, charset) for charset in CHARSETS
}
