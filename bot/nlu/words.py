"""Small closed lists of words that structure an order in the twelve languages.

Written from grammars and word lists; the forms of Xitsonga, Tshivenda, siSwati and isiNdebele were not checked by a
reader of the language.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

# Words too common to be a misspelt item, or to be one by the loss of a prefix.
COMMON = frozenset(
    """
    a an the and or of for to in on at is it its im i'm i me my we us you your he she they this that these
    those one some any
    must should want need get give take make have has had can could will would may please pls plz hi hey hello
    thanks thank yes no
    not
    now then with without also too just only more less like open close closed lets say what when where who how much
    many there here
    from by be am
    are
    was do does did dont don't let lets add put send bring order buy pay same last time again all every everything
    except
    moet ek jy hy sy ons julle hulle my jou sy die 'n n en of vir na by om op in is het wil kan sal asb asseblief dankie
    ja nee nie
    ook net nog meer hoeveel wat wanneer waar wie gee bring sit saam met sonder kry hê he hier daar nou dan bestel koop
    ngi ngicela ngifuna ngiyacela ngiphe nginike cela faka thenga mina wena futhi kanye noma kodwa manje lapho kuphi
    yini
    malini yimalini ngamalini yebo cha hhayi ngiyabonga unayo unawo unazo ninayo ukuthenga uku ukuze lokho leyo lezi
    lezo
    ndi ndicela ndifuna ndiphe okanye kwaye ewe hayi enkosi nceda mna wena apho phi ntoni
    ke kea kopa batla rata reka le la ho ha ga go tla tlisa mpha nka e ee tjhe nnyaa aowa hape gape kgotsa kapa goba
    jwale
    nna wena kae eng bokae leboha leboga kgopela nyaka ka mo fa tsa tse di a ba bo se sa wa ya yo jo bja
    ndzi kombela lava xava ina e-e inkomu kumbe na ni mina wena loko kwihi yini muni
    ndo khou toda renga humbela ndaa aa ee hai kana na nne inwi
    ngicela ngifuna ngitsenge nginikete yebo cha ngiyabonga nobe
    sharp heita hola eksê ekse bra sis bro mfethu grootman jola daai dala fede gents chief baba mama sisi bhuti ousie
    """.split()
)

# What joins two things that are ordered. The hyphenated and glued forms (ne-, na-) are in bot.nlu.affixes.
SEPARATORS = frozenset(
    """
    and en n ne na ni le kanye kunye plus then also futhi hape gape ook dan , ; + & . and/or then kwakunye nawo nayo
    nazo naso
    nalo gammogo hammoho khathihi xikan'we tlhelo
    """.split()
)

# Words that say no one option but either: what is left off is a list.
ALTERNATIVES = frozenset("or nor noma okanye kapa kgotsa goba of kumbe kana".split())

# "Without": each is a sequence of folded words. Fillers after it (FILLERS) are skipped.
WITHOUT: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "without", "w / o", "minus", "hold", "hold the", "skip", "skip the", "leave out", "leave off", "leave the",
        "no more",
        "dont put", "don't put", "dont add", "don't add", "do not put", "do not add", "not any", "zero", "free of",
        "less", "not", "doesnt have", "doesn't have", "does not have", "dont want", "don't want", "do not want",
        "swap", "swop", "replace", "not have", "not put", "not with",
        "wout", "wo", "except", "excluding", "no need for", "please no",
        "sonder", "geen", "moenie", "moet nie", "los die", "min", "wil nie", "nie", "behalwe",
        "ngaphandle", "kwaphandle", "hhayi", "hayi", "ayi", "musa", "musa ukufaka", "sukufaka", "suka ufaka", "susa",
        "ntle le", "ntle ho", "ka ntle ho", "ka ntle ga", "kantle", "kantle ho", "kantle ga", "kwa ntle ga",
        "kwantle ga",
        "ka ntle le", "kwa ntle le", "kantle le", "ho se be", "go se be", "ho se", "eseng", "e seng", "e sego", "e se",
        "go tlhoka", "tlhokang", "e e tlhokang", "go hloka", "ho hloka", "hlokang", "ye e hlokago", "hlokago",
        "handle", "handle ka", "ehandle ka", "ku nga ri na", "nga ri na", "u nga chela", "u nga cheli",
        "nga nnda ha", "nnda ha", "hu si na", "i si na", "si na", "u songo shela", "a si na",
        "ngaphandle kwe", "lengenayo", "lete", "kute",
        "nix", "niks", "zonder", "aziko", "ayikho", "ayibi",
    )
)  # fmt: skip

# "With" or "extra": what follows is put on the item before it, where it can be.
WITH: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "with", "w /", "dont forget", "don't forget", "do not forget", "ungakhohlwa", "ungalibali", "moenie vergeet",
        "o se lebale", "extra", "xtra", "double", "add", "add on", "including", "topped with", "plus", "more",
        "and extra",
        "met", "ekstra", "dubbel", "met ekstra", "nog", "meer", "sit by",
        "ene", "ene-", "enesi", "onayo", "engeza", "faka", "wengeze", "eyengeziwe", "enama",
        "ine", "ane", "inesi", "okweleka", "ngeziwe",
        "yongeza", "yongezela", "engezela", "nongeze",
        "e nang le", "e na le", "tse nang le", "nang le", "eketsa", "oketsa", "e nale", "kenya", "tsenya",
        "o kenye", "tlatsa", "ka hara", "kenyetsa", "tshela",
        "na", "engetela", "chela", "leswi nga na", "engedza", "ine ya vha na", "shela", "lene", "lenesi", "faka ne",
    )
)  # fmt: skip

# "Except": with one of EVERYTHING before it, it names the one thing that is not meant.
EXCEPT = frozenset("except excluding but behalwe ngaphandle kwaphandle ntle kantle kwantle handle".split())
EVERYTHING = frozenset(
    "everything all both alles albei konke yonke zonke wonke onke lonke sonke tsohle tsotlhe kaofela"
    " tshohle zwothe".split()
)

# Words that may stand between a marker, a thing, its size and its number without changing what they say to each other.
FILLERS = frozenset(
    """
    the a an any of my size sized on it in for some 'n die n van vir
    ya ye yo le la tse tsa di e ba bo ho ha ga go ka kwa ku ra ma o se sa wa za ze zi i u lo si ama yi ye- tja tje li
    ti dze
    kuka lika sika luka buka kokufaka ukufaka fela feela kuphela only just net
    """.split()
)

ARTICLES = frozenset({"a", "an", "'n", "n"})

# Cues of the Nguni languages, in which a bare "no" before a noun joins rather than refuses.
NGUNI_CUES = frozenset(
    """
    ngicela ngifuna ngiyacela ngiphe nginike ngisacela ngithole ngizothatha sicela sifuna ndicela ndifuna ndiphe
    ndiyacela ngitsandza
    ngibawa ngitlhoga futhi kanye kunye amabili ezimbili ababili ezimbini amabini ezintathu amathathu eyodwa ngithenge
    ngithathe cela
    ukuthenga ngaphandle yami yebo sawubona molo mina kwe kwa nge
    """.split()
)

# What a clause of Sesotho, Setswana or Sepedi that refuses or asks for an option may open with.
SOTHO_CLAUSE = frozenset("o le e ye di tse a ba bo u lo se sa seka seke ska ske ha ga be nne nna sena senang".split())

# Words in the names of things that alone name nothing: colours, tastes, packings.
MODIFIERS = frozenset(
    """
    white brown red green yellow black blue hot cold fresh sweet fried boiled grilled big small large medium extra
    full half quarter
    whole loose single double pack packet bag box bottle can tin plate cup slice piece bunch bunches sack pocket
    litre liter special super mini
    family new best
    wit bruin rooi groen geel swart warm koud vars soet gebakte groot klein vol halwe pak pakkie sak boks bottel
    blik bossie bossies sakkie
    bord
    omhlophe esimhlophe esinsundu onsundu obomvu ebomvu bosweu bosootho bosotho borokwa tsididi tonya mhlophe nsundu
    lesimhlophe esimdaka esintsundu vhutshena basa
    sweu tshweu sootho rokwa ntsho kgubedu khubedu tala bomvu mnyama luhlaza phuzi khulu kgolo kholo ncane ncinci nyane
    nnye
    """.split()
)

# Nothing at all: after a marker it says that a thing is wanted as it comes.
NOTHING = frozenset("nothing lutho nalutho nto nanto lutfo nalutfo letho selo sepe niks nchumu tshithu".split())

# As it comes, said of one of several: "2 plain, 1 with cheese".
PLAIN = frozenset("plain gewoon gewone normaal engenalutho angenalutho elingenalutho engenanto angenanto".split())

# One or more of what was ordered before: another, the rest, the others.
OTHERS = frozenset(
    """
    other others another rest remaining ander andere oorblywende res
    omunye elinye enye esinye olunye obunye abanye amanye ezinye eminye okunye omnye
    ding mang masalela xin'wana man'wana tin'wana dzinwe
    """.split()
)

# Once more what was ordered before: "same for my brother but no sauce".
SAME = frozenset("same dieselfde efanayo elifanayo efana tshwanang swanang ifanayo".split())

# Words that stand for what was ordered before: "one of them", "twee daarvan".
OF_THEM = frozenset(
    """
    of them those these it daarvan hulle wawo wazo kuzo kuwo kuyo kulo kubo kuso kwazo phakathi yazo yawo tsona
    tseo tsa wona
    yona one ones
    """.split()
)

# What says that the thing before it goes into the line: "ne-russian ngaphakathi".
INSIDE = frozenset("inside ngaphakathi binne binnein kahare kahara teng phakathi endzeni".split())

# What points at a thing that was named already: "no onions on my burger".
POINTERS = frozenset("my the our that this on in inside op die kwi ku kule kuyo kulo ho go mo se sa ya yaka ka".split())

# What limits an option to some of a line: "no sauce on one", `mo go e le nngwe`.
SCOPES = frozenset("on in of to out op by in ku kwi kwe kwe- go ho mo hodima kuyo".split())

# After these a person may be named: "one for my wife without sauce".
ON_BEHALF = frozenset("for vir wa ya ka that which wat".split())

# What takes back the number said before it: "2, sorry, 3 kota".
CORRECTIONS = frozenset(
    """
    sorry soz oops eish
    actually just rather instead mean wait no nah askies askuus jammer wag liewer eerder nee eintlik uxolo
    ngiyaxolisa ndiyaxolisa ngixolele xolo cha hayi hhayi lungisa tshwarelo ntshwarele nxese tjhe nnyaa aowa
    make maak yenza yenze zenze iyenze lenze awenze yenzani etsa etse dira dire ira endla itani ita kunalokho
    emang ema linda yima wag change verander tshintsha shintsha
    """.split()
)
