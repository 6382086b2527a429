# ruff: noqa: RUF001, E501 - the letters are meant, and a month has one line
"""Names of months in some fifty languages, in full and short, as they stand in dates.

Source: the Unicode CLDR as in Babel 2.18, Gregorian calendar, formats "wide" and "abbreviated". Names that mean
one month in one language and another in the next (Polish and Croatian listopad) are left out.
"""

from __future__ import annotations

from typing import Final

# One line or more for each month, January first; lower case.
_NAMES: Final = (
    (
        "january jan januar janvier janv enero ene janeiro gennaio gen januari tammikuuta tammi "
        "tammikuu janúar jaanuar jaan janvāris sausio saus sausis stycznia sty styczeń ledna led "
        "leden januára január siječnja sij siječanj јануар јан јануари януари яну ianuarie ian "
        "janar ιανουαρίου ιαν ιανουάριοσ ocak oca yanvar yan января янв январь січня січ січень "
        "студзеня сту студзень იანვარი იან հունվարի հնվ հունվար қаңтар қаң gener xaneiro xan "
        "urtarrila urt januarie januwari janyuwari يناير ژانویهٔ ژانویه جنوری ינואר ינו׳ जनवरी "
        "जन॰ জানুয়ারী জানু ஜனவரி జనవరి जानेवारी जाने જાન્યુઆરી જાન્યુ มกราคม ม.ค"
    ),
    (
        "february feb februar février févr febrero fevereiro fev febbraio februari helmikuuta "
        "helmi helmikuu febrúar veebruar veebr februāris febr vasario vas vasaris lutego lut luty "
        "února úno únor februára február veljače velj veljača фебруар феб февруари фев februarie "
        "shkurt shk φεβρουαρίου φεβ φεβρουάριοσ şubat şub fevral февраля февр февраль лютого лют "
        "лютий лютага люты თებერვალი თებ փետրվարի փտվ փետրվար ақпан ақп febrer febreiro otsaila "
        "ots pebrero peb februwari فبراير فوریهٔ فوریه فروری פברואר פבר׳ फ़रवरी फ़र॰ ফেব্রুয়ারী "
        "ফেব பிப்ரவரி பிப் ఫిబ్రవరి ఫిబ్ర फेब्रुवारी फेब्रु ફેબ્રુઆરી ફેબ્રુ กุมภาพันธ์ ก.พ"
    ),
    (
        "march mar märz mär mars marzo março maart mrt marts maaliskuuta maalis maaliskuu märts "
        "kovo kov kovas marca marzec března bře březen marec ožujka ožu ožujak март мар mart "
        "martie március márc μαρτίου μαρ μάρτιοσ μάρ марта березня бер березень сакавіка сак "
        "сакавік მარტი მარ մարտի մրտ մարտ наурыз нау març martxoa maret mac marso machi mashi mas "
        "matshi mat مارس مارچ מרץ मार्च মার্চ மார்ச் மார் మార్చి માર્ચ มีนาคม มี.ค"
    ),
    (
        "april apr avril avr abril abr aprile huhtikuuta huhti huhtikuu apríl aprill aprīlis "
        "balandžio bal balandis kwietnia kwi kwiecień dubna dub duben apríla travnja tra travanj "
        "април апр aprilie április ápr prill pri απριλίου απρ απρίλιοσ nisan nis aprel апреля "
        "апрель квітня квіт квітень красавіка кра красавік აპრილი აპრ ապրիլի ապր ապրիլ сәуір сәу "
        "d’abril d’abr apirila api aprili ephreli eph epreli epr أبريل آوریل اپریل אפריל אפר׳ "
        "अप्रैल এপ্রিল এপ্রি ஏப்ரல் ஏப் ఏప్రిల్ ఏప్రి एप्रिल एप्रि એપ્રિલ เมษายน เม.ย"
    ),
    (
        "may mai mayo maio maggio mag mei maj toukokuuta touko toukokuu maí maijs gegužės geg "
        "gegužė maja května kvě květen mája máj svibnja svi svibanj мај май május μαΐου μαΐ "
        "μάιοσ μάι mayıs мая травня трав травень მაისი მაი մայիսի մյս մայիս мамыр мам maig "
        "maiatza meyi mey مايو مهٔ مئی מאי พฤษภาคม พ.ค"
    ),
    (
        "june jun juni juin junio junho giugno giu kesäkuuta kesä kesäkuu júní jún juuni jūnijs "
        "jūn birželio birž birželis czerwca cze czerwiec června čvn červen júna junij lipnja "
        "lipanj јун јуни юни iunie iun június qershor qer ιουνίου ιουν ιούνιοσ ιούν haziran haz "
        "iyun iyn июня июн июнь червня черв червень чэрвеня чэр чэрвень ივნისი ივნ հունիսի հնս "
        "հունիս маусым мау juny xuño ekaina eka hunyo hun junie يونيو ژوئن جون יוני जून জুন ஜூன் "
        "జూన్ જૂન มิถุนายน มิ.ย"
    ),
    (
        "july jul juli juillet juil julio julho luglio lug heinäkuuta heinä heinäkuu júlí júl "
        "juuli jūlijs jūl liepos liep liepa lipca lipiec července čvc červenec júla julij srpnja "
        "srpanj јул јули юли iulie iul július korrik korr ιουλίου ιουλ ιούλιοσ ιούλ temmuz tem "
        "iyul iyl июля июл июль липня лип липень ліпеня ліп ліпень ივლისი ივლ հուլիսի հլս հուլիս "
        "шілде шіл juliol xullo xul uztaila uzt julai hulyo hul julie julayi يوليو ژوئیهٔ ژوئیه "
        "جولائی יולי जुलाई जुल॰ জুলাই জুল ஜூலை జులై जुलै જુલાઈ กรกฎาคม ก.ค"
    ),
    (
        "august aug août agosto ago augustus augusti elokuuta elo elokuu ágúst ágú augusts "
        "rugpjūčio rugp rugpjūtis sierpnia sie sierpień srpna srpen augusta avgust avg kolovoza "
        "kol kolovoz август авг augusztus gusht gush αυγούστου αυγ αύγουστοσ αύγ ağustos ağu "
        "avqust avq августа серпня серп серпень жніўня жні жнівень აგვისტო აგვ օգոստոսի օգս "
        "օգոստոս тамыз там d’agost d’ag agost abuztua abu agustus agu ogos ogo agosti agasti aga "
        "أغسطس اوت اگست אוגוסט אוג׳ अगस्त अग॰ আগস্ট ஆகஸ்ட் ఆగస్టు ऑगस्ट ઑગસ્ટ สิงหาคม ส.ค"
    ),
    (
        "september sep sept septembre septiembre setembro set settembre syyskuuta syys syyskuu "
        "septembris rugsėjo rugs rugsėjis września wrz wrzesień září zář septembra rujna ruj "
        "rujan септембар сеп septembar септември septembrie szeptember szept shtator sht "
        "σεπτεμβρίου σεπ σεπτέμβριοσ eylül eyl sentyabr sen сентября сент сентябрь вересня вер "
        "вересень верасня верасень სექტემბერი სექ սեպտեմբերի սեպ սեպտեմբեր қыркүйек қыр sentabr "
        "setembre iraila ira setyembre septemba septhemba سبتمبر سپتامبر ستمبر ספטמבר ספט׳ सितंबर "
        "सित॰ সেপ্টেম্বর সেপ செப்டம்பர் செப் సెప్టెంబర్ సెప్టెం सप्टेंबर सप्टें સપ્ટેમ્બર સપ્ટે "
        "กันยายน ก.ย"
    ),
    (
        "october oct oktober okt octobre octubre outubro out ottobre ott lokakuuta loka lokakuu "
        "október oktoober oktobris spalio spal spalis października paź październik října říj "
        "říjen októbra октобар окт oktobar октомври octombrie tetor tet οκτωβρίου οκτ οκτώβριοσ "
        "ekim eki oktyabr октября октябрь жовтня жовт жовтень кастрычніка кас кастрычнік "
        "ოქტომბერი ოქტ հոկտեմբերի հոկ հոկտեմբեր қазан қаз oktabr d’octubre d’oct urria urr "
        "oktubre oktoba okthoba okthobha أكتوبر اکتبر اکتوبر אוקטובר אוק׳ अक्टूबर अक्टू॰ অক্টোবর "
        "অক্টো அக்டோபர் அக் అక్టోబర్ అక్టో ऑक्टोबर ऑक्टो ઑક્ટોબર ઑક્ટો ตุลาคม ต.ค"
    ),
    (
        "november nov novembre noviembre novembro marraskuuta marras marraskuu nóvember nóv "
        "novembris lapkričio lapkr lapkritis listopadu novembra studenoga stu studeni новембар "
        "нов novembar ноември ное noiembrie nëntor nën νοεμβρίου νοε νοέμβριοσ νοέ kasım kas "
        "noyabr noy ноября нояб ноябрь листопада лист листопад лістапада ліс лістапад ნოემბერი "
        "ნოე նոյեմբերի նոյ նոյեմբեր қараша қар azaroa aza nobyembre nob novemba نوفمبر نوامبر "
        "نومبر נובמבר נוב׳ नवंबर नव॰ নভেম্বর নভে நவம்பர் నవంబర్ నవం नोव्हेंबर नोव्हें નવેમ્બર નવે "
        "พฤศจิกายน พ.ย"
    ),
    (
        "december dec dezember dez décembre déc diciembre dic dezembro dicembre desember des "
        "joulukuuta joulu joulukuu detsember dets decembris gruodžio gruod gruodis grudnia gru "
        "grudzień prosince pro prosinec decembra prosinca prosinac децембар дец decembar декември "
        "дек decembrie dhjetor dhj δεκεμβρίου δεκ δεκέμβριοσ aralık ara dekabr dek декабря "
        "декабрь грудня груд грудень снежня сне снежань დეკემბერი დეკ դեկտեմբերի դեկ դեկտեմբեր "
        "желтоқсан жел desembre decembro abendua abe disember dis disyembre desemba disemba "
        "ديسمبر دسامبر دسمبر דצמבר דצמ׳ दिसंबर दिस॰ ডিসেম্বর ডিসে டிசம்பர் டிச డిసెంబర్ డిసెం "
        "डिसेंबर डिसें ડિસેમ્બર ડિસે ธันวาคม ธ.ค"
    ),
)

# What CLDR leaves out: Austrian, without accents, of the Levant (with _ for a space), of the Maghreb, and Hebrew with the letter for "in" before it.
_FURTHER: Final = (
    "jänner jän كانون_الثاني جانفي בינואר",
    "feber fev شباط فيفري בפברואר",
    "maerz آذار أذار במרץ",
    "نيسان أفريل באפריל",
    "أيار ايار במאי",
    "حزيران جوان ביוני",
    "تموز جويلية ביולי",
    "aout آب أوت באוגוסט",
    "أيلول ايلول בספטמבר",
    "تشرين_الأول تشرين_الاول באוקטובר",
    "تشرين_الثاني בנובמבר",
    "كانون_الأول كانون_الاول בדצמבר",
)

MONTHS: Final = {
    name.replace("_", " "): number
    for names_of_all in (_NAMES, _FURTHER)
    for number, names in enumerate(names_of_all, 1)
    for name in names.split()
}
