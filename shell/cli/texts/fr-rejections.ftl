# Phrases des refus et des constats, une par code : `rejection-<code>`. La phrase anglaise est à
# côté du code dans le noyau. Mêmes valeurs que l’anglais ; un code est inchangé entre `…`.
# Espace insécable (U+00A0) devant « : », fine insécable (U+202F) devant « ; ! ? % ».

# Catalogue
rejection-catalog-duplicate = { $what ->
        [code] Le code
        [component] Le composant
        [dimension] La dimension
        [plan] La formule
        [value] La valeur
       *[other] Le nom ({ $what })
    } « { $code } » figure deux fois ; renommez ou supprimez l’une des deux entrées
rejection-catalog-unknown-reference = { $what ->
        [meter] Le compteur
        [seller] Le vendeur
        [plan] La formule
        [option] L’option
       *[other] L’élément ({ $what })
    } « { $code } » n’existe pas ; définissez-le ou utilisez un code existant : { $known }
rejection-catalog-blank = « { $field } » est vide ; écrivez le texte à afficher
rejection-catalog-bad-country = « { $country } » n’est pas un code de pays ; utilisez deux lettres
    majuscules (ISO 3166), par exemple FR
rejection-catalog-negative-rate = Le taux de TVA { $rate } est négatif ; indiquez 0 ou plus
rejection-catalog-shadow-of-pool = `{ $component }` est un forfait partagé, dont la franchise vaut pour des périodes entières ; retirez `shadow`, ou donnez-lui un autre prix
rejection-catalog-bill-day-changed = Le compte est facturé le jour { $published } et ses périodes en dépendent ; gardez { $published } et indiquez le jour { $actual } dans `bill_cycle_changes`, avec la date à compter de laquelle il vaut
rejection-catalog-bill-day-changed-early = Le jour de facturation change à compter du { $from }, mais cette version du compte vaut à compter du { $counts_from } ; choisissez le { $counts_from } ou un jour ultérieur pour le changement
rejection-catalog-grace-days = Un brouillon ne peut attendre { $days } jours ; utilisez 1 à 27, ou 0 si les factures sont émises le jour de facturation
rejection-catalog-threshold-of-nothing = Un seuil de { $amount } est atteint par rien ; donnez un montant au-dessus de 0, ou retirez `threshold`
rejection-catalog-payer-unknown = Il n’y a pas de compte « { $payer } » pour payer ; enregistrez-le, dans ce fichier ou avant
rejection-catalog-payer-paid-for = Le compte « { $payer } » est lui-même payé par « { $by } » et ne peut payer pour personne ; nommez « { $by } », ou laissez « { $payer } » payer pour lui-même
rejection-catalog-payer-differs = Le payeur a `{ $what }` { $payers } et le compte a { $own }, mais leurs lignes figurent sur une même facture ; donnez aux deux le même `{ $what }`
rejection-catalog-bill-day-billed = Les périodes de facturation à compter du { $day } seraient différentes, mais la facture du { $issued_on } les a déjà facturées ; faites changer le jour de facturation après le { $issued_on }
rejection-catalog-interval-length = Une période de facturation ne peut durer { $interval } ; utilisez 1 à 120 mois (months), ou 1 à 520 semaines (weeks)
rejection-catalog-interval-alignment = Des périodes de { $interval } ne s’inscrivent pas dans le calendrier du compte ; utilisez 1, 2, 3, 4, 6 ou 12 mois ou 1 semaine, ou bien `align: start` ou `order`
rejection-catalog-interval-proration = `proration: thirty_day_month` compte en mois, mais une période dure { $interval } ; choisissez un autre prorata, ou des mois
rejection-catalog-not-sold = `{ $component }` est { $ownership ->
        [loaned] prêté
        [leased] loué
       *[other] { $ownership }
    }, mais sa facturation le vend ; facturez-le par `once_not_returned`, ou par `recurring` s’il est loué, ou retirez `ownership`
rejection-catalog-lease-of-goods = `{ $component }` est loué, ce qui est un service ; écrivez `nature: services`
rejection-catalog-nothing-to-return = `{ $component }` coûte quelque chose quand un appareil n’est pas retourné, mais l’offre vend ses appareils ; donnez à un composant `ownership: loaned` ou `leased`
rejection-catalog-parts-sum = Les { $parts } parts du prix font { $sum } % ; donnez à chacune plus de 0, et 100 à toutes ensemble
rejection-catalog-parts-quantity = Un prix en parts est celui d’une seule pièce, mais un équipement peut en avoir { $max } ; retirez `quantity`, et vendez plusieurs équipements
rejection-catalog-return-credit-of-nothing = `{ $component }` ne vend aucun appareil dont le prix pourrait être crédité ; retirez `return_credit`, ou facturez-le par `once_delivered` ou `instalments`
rejection-catalog-return-credit-step = L’étape { $step } de `return_credit` crédite { $percent } % dans les { $within_days } jours ; donnez aux étapes des âges croissants et des parts décroissantes, de plus de 0 et d’au plus 100
rejection-catalog-write-off-of-nothing = Rien n'est plus proche de 0 que { $below } ; donnez à `write_off_below` un montant supérieur à 0, ou retirez-le
rejection-catalog-negative-price = Le prix { $unit_price } est négatif ; indiquez 0 ou plus
rejection-catalog-not-later = La version { $version } s’applique depuis le { $published } et une
    version modifiée doit commencer plus tard, mais effective_from vaut { $actual } ; choisissez un
    jour postérieur au { $published }
rejection-catalog-event-type-taken = Les événements de type « { $event_type } » sont déjà mesurés
    par le compteur « { $meter } » ; utilisez un autre type ou ce compteur
rejection-catalog-no-vat-rate = Le vendeur « { $seller } » n’a pas de taux de TVA pour le pays
    { $country } ; ajoutez-le à ses vat_rates
rejection-catalog-no-offer-in-currency = Le compte de facturation est en { $currency }, mais les
    offres sont en { $offers } ; utilisez l’une de ces devises ou publiez une offre en { $currency }
rejection-catalog-quantity-order = Les quantités doivent être croissantes (min, default, max), mais
    elles valent { $min }, { $default } et { $max } ; corrigez-les
rejection-catalog-no-option-value = L’option « { $option } » n’a aucune valeur ; énumérez ses
    valeurs, celle par défaut en premier
rejection-catalog-no-instalment = { $count } échéance ne paie rien ; indiquez 1 ou plus
rejection-catalog-percent-range = Une remise de { $percent } % n’est pas possible ; utilisez plus de
    0 et au plus 100 (gratuit)
rejection-catalog-discount-amount = Une remise de { $amount } ne peut pas réduire des prix en
    { $currency } ; utilisez un montant supérieur à 0 en { $currency }
rejection-catalog-empty-window = { $what } ne laisse aucun jour où la remise compte ; utilisez 1 ou
    plus, et un `until` postérieur à `from`
rejection-catalog-ramp-window = Une remise dégressive de { $steps } marches dit elle-même quand elle
    compte ; retirez la fenêtre et donnez-lui au moins une marche
rejection-catalog-growth-range = Une révision annuelle de { $percent } % n’est pas possible ; utilisez
    plus de 0 et au plus 100
rejection-catalog-index-value = L’indice « { $index } » ne peut pas valoir { $value } ; une valeur est
    supérieure à 0
rejection-catalog-nothing-to-escalate = Le composant « { $component } » est facturé une seule fois et
    ne peut pas augmenter avec les années ; nommez des composants récurrents ou de consommation
rejection-catalog-commitment-amount = Un engagement de { $amount } ne dit rien de prix en
    { $currency } ; utilisez un montant supérieur à 0 en { $currency }
rejection-catalog-commitment-never = Un engagement du { $from } au { $until } ne compte aucun jour ;
    utilisez un `until` postérieur à `from`
rejection-catalog-minimum-above-maximum = Un minimum de { $minimum } dépasse le maximum de { $maximum }
    de « { $other } » sur les mêmes lignes ; baissez l’un ou relevez l’autre
rejection-catalog-term-outside = Les conditions de { $expected } ne peuvent rien retirer de
    { $actual } ; écrivez la remise là-bas ou sous le compte de facturation
rejection-catalog-no-start-trigger = La règle de démarrage a { $triggers } déclencheur : aucun
    service ne commencerait jamais ; nommez-en un dans start.first_of, par exemple `activated` ou
    `delivered`
rejection-catalog-no-days = { $days } jours ne laissent aucun temps ; utilisez 1 ou plus, ou omettez-le
rejection-catalog-state-timing = La durée de l’état { $state } n’est connue qu’après coup ; indiquez `timing: in_arrears`, et pas d’`align: start`
rejection-catalog-state-change-never = Aucun équipement ne passe de `{ $from }` à `{ $to }` : une vie va de new à
    stored, test, active et ended, peut être suspended ou gone entre-temps, et ne revient jamais en
    arrière ; nommez un passage qui existe
rejection-catalog-state-never = `{ $component }` coûte quelque chose pendant un essai, mais l’offre n’en a pas ; donnez-lui un `start.test`, ou retirez le composant
rejection-catalog-test-threshold = Un essai ne peut pas prendre fin à { $quantity } de `{ $meter }` ; indiquez plus
    de 0 d’un compteur qui compte des événements ou additionne un champ
rejection-catalog-deadline-never = Le service démarre de lui-même dans les { $days } jours de sa date
    limite ; fixez une date limite plus proche, ou retirez ce déclencheur
rejection-catalog-no-activation-signal = Le service commence à l’activation, mais aucune définition
    d’exécution des composants n’a d’activation_signal (définitions : { $specs }) ; ajoutez-en un ou
    choisissez un autre démarrage
rejection-catalog-unknown-dimension = Le compteur « { $meter } » ne conserve pas « { $dimension } »
    de ses événements ; ajoutez cet attribut à ses dimensions, qui sont : { $known }
rejection-catalog-reserved-name = « { $name } » commence par « $ », réservé aux mesures ; choisissez
    un autre nom
rejection-catalog-measure-changed = Le compteur « { $meter } » mesure par { $measure } avec d’autres
    réglages et tout ce qu’il a mesuré serait recompté ; publiez un compteur sous un autre code
rejection-catalog-wraps-at = Un compteur ne peut pas repasser à zéro à { $wraps_at } ; indiquez le
    premier nombre supérieur à 0 qu’il ne peut pas afficher
rejection-catalog-seconds-range = « { $field } » vaut { $actual } secondes ; indiquez de 1
    à { $max }
rejection-catalog-same-phase = « { $phase } » marque à la fois le début et la fin d’une session ;
    utilisez deux mots différents
rejection-catalog-empty-filter = Le filtre « { $filter } » n’énumère rien ; donnez-lui au moins une
    entrée
rejection-catalog-filter-too-large = Le filtre a { $nodes } parties sur { $depth } niveaux ;
    limitez-le à { $nodes_max } parties et { $depth_max } niveaux
rejection-catalog-too-many-derived = { $actual } champs sont calculés ; limitez-les à { $max }
rejection-catalog-derived-later = « { $name } » utilise « { $later } », calculé après lui ; calculez
    « { $later } » d’abord
rejection-catalog-expression-syntax = L’expression « { $expression } » contient { $found } au
    caractère { $at } ; à cet endroit il faut { $expected } ; corrigez-la
rejection-catalog-expression-kind = Dans l’expression « { $expression } », avant le
    caractère { $at }, la valeur est { $found } alors qu’il faut { $expected } ; corrigez-la
rejection-catalog-expression-too-large = L’expression « { $expression } » est trop grande ;
    limitez-la à { $nodes_max } valeurs et opérateurs sur { $depth_max } niveaux
rejection-catalog-zero-factor = Le facteur { $factor } contient un 0 ; utilisez des nombres entiers
    supérieurs à 0
rejection-catalog-nothing-to-convert = La mesure { $measure } ne lit aucun nombre à convertir ;
    supprimez `convert`

# Prix et grilles tarifaires
rejection-price-no-tiers = « { $of } » n’a aucun palier ; donnez-lui au moins un palier sans borne
rejection-price-tier-order = Le palier { $tier } de « { $of } » finit à { $up_to } ; il doit finir
    au-dessus de { $over }, où il commence
rejection-price-tier-open = Le palier { $tier } de « { $of } » n’a pas de borne alors qu’il n’est
    pas le dernier ; donnez-lui une borne
rejection-price-tier-closed = Rien ne fixe le prix de « { $of } » au-delà de { $up_to } ; supprimez
    la borne du dernier palier
rejection-price-negative = « { $of } » a pour prix { $unit_price } ; indiquez 0 ou plus
rejection-price-ordered-setting = « { $of } » a `{ $setting }`, qui demande quand les choses se
    passent, alors qu’une commande n’est qu’une quantité ; supprimez-le ou facturez une consommation
rejection-price-ordered-dimension = La dimension « { $dimension } » interroge `{ $source }`, que ce
    composant n’a pas ; interrogez { $known }
rejection-price-too-many-rows = La grille tarifaire a { $rows } lignes alors que { $rows_max } sont
    permises ; faites-en deux prix
rejection-price-too-entangled = Les lignes se croisent en plus de { $steps_max } endroits ; demandez des
    valeurs exactes dans davantage d’entre elles, ou faites deux prix de la grille
rejection-price-mixed-conditions = « { $dimension } » est demandé par intervalles de nombres et par
    débuts de texte ; donnez à chacun son propre critère
rejection-price-empty-validity = La ligne « { $row } » compte du { $from } au { $until }, ce qui ne fait
    aucun jour ; repoussez `until`
rejection-price-override-of-nothing = Le contrat a un prix propre pour la ligne « { $row } », que la
    grille n’a pas ; nommez une ligne de la grille
rejection-price-row-never-hit = Des lignes de priorité supérieure prennent tout ce que prend la ligne
    « { $row } » ; supprimez-la, ou relevez sa priorité
rejection-price-negative-included = « { $of } » inclut { $included } ; ce qui est inclus vaut 0 ou
    plus
rejection-price-package-size = Un lot de « { $of } » contient { $size } ; indiquez plus de 0
rejection-price-floor-above-cap = « { $of } » coûte au moins { $floor } et au plus { $cap } ; le
    minimum ne peut pas dépasser le maximum
rejection-price-no-flat-at-zero = « { $of } » facture son forfait sans consommation, mais son premier
    palier n’en a pas ; ajoutez-y `flat`, ou écrivez `at_zero: nothing`
rejection-price-flat-at-zero-in-row = La ligne « { $row } » facture un forfait sans consommation, mais
    rien ne l’atteint alors ; écrivez `at_zero: nothing`, ou faites du forfait un abonnement
rejection-price-counter-of-pool = « { $of } » n’a pas de palier à remplir ; supprimez `counter`
rejection-price-overage-setting = le dépassement du forfait partagé a « { $setting } » ; c’est la part d’une quantité au-delà d’une franchise, sans jours ni événements propres ; supprimez ce réglage
rejection-price-rollover-periods = ce que le forfait partagé reporte expire après { $periods } périodes ; écrivez 1 ou plus, ou supprimez `rollover`
rejection-price-pool-window = une fenêtre de { $periods } périodes accorde la franchise fixe du forfait
    partagé, entière, et la garde jusqu’à sa fin ; donnez-lui 2 périodes ou plus, sans
    `included_per_active_unit`, `proration: by_day` ni `rollover` ; avec `settle: at_end_of_window`,
    seulement sans `rollover`
rejection-price-pool-settlement = `settle: { $settle }` demande une fenêtre qui se termine ; écrivez à côté `window: 2` ou
    plus, ou retirez `settle`
rejection-price-rollover-limit = le forfait partagé reporte au plus { $limit } à la période suivante ; écrivez une quantité de 0 ou plus, ou une part de 0 à 100 pour cent
rejection-price-counter-setting = « { $of } » a `{ $setting }`, que le décompte de ce composant ne peut
    pas reporter d’une partie de la consommation à la suivante ; n’utilisez que des paliers
    `graduated`, ou un autre décompte
rejection-catalog-counter-measure = Le décompte des paliers additionne des parties de la consommation,
    mais ce que mesure le compteur « { $meter } » ne s’additionne pas ; décomptez par ligne et par
    période, ou utilisez un compteur qui compte, additionne, ou relève un totalisateur ou un
    intervalle
rejection-price-negative-allowance = Le forfait partagé inclut { $included } par équipement actif ;
    indiquez 0 ou plus
rejection-price-duplicate-dimension = Deux dimensions se nomment « { $dimension } » ; renommez l’une
    d’elles
rejection-price-too-many-dimensions = La grille tarifaire a { $dimensions } dimensions alors que
    { $dimensions_max } sont admises au plus ; faites-en deux prix
rejection-price-duplicate-row = Deux lignes se nomment « { $row } » ; renommez l’une d’elles
rejection-price-duplicate-default = « { $first } » et « { $second } » sont toutes deux des lignes
    par défaut ; n’en gardez qu’une
rejection-price-default-condition = La ligne par défaut « { $row } » prend ce qu’aucune autre ligne
    ne prend ; supprimez ses conditions ou faites-en une ligne ordinaire
rejection-price-condition-count = La ligne « { $row } » a { $actual } conditions pour { $expected }
    dimensions ; donnez-en une par dimension
rejection-price-empty-condition = La ligne « { $row } » n’énumère aucune valeur de
    « { $dimension } » ; indiquez-en une ou acceptez toutes les valeurs
rejection-price-unknown-band = La ligne « { $row } » nomme « { $band } », qui n’est pas une plage
    horaire de « { $dimension } » ; utilisez l’une de celles-ci : { $known }
rejection-price-empty-band = La plage « { $band } » de « { $dimension } » commence et finit à
    { $at } ; déplacez l’une des limites ou laissez `otherwise` nommer toute la journée
rejection-price-band-off-quarter = La plage « { $band } » de « { $dimension } » a pour limite
    { $at } ; utilisez un quart d’heure, par exemple 07:15
rejection-price-band-overlap = Les plages « { $first } » et « { $second } » de « { $dimension } »
    contiennent toutes deux { $at } ; raccourcissez l’une d’elles
rejection-price-overlap = Les lignes « { $first } » et « { $second } » prennent toutes deux
    { $key } ; restreignez les conditions de l’une d’elles
rejection-price-gap = Aucune ligne ne prend { $key } (combinaisons dans ce cas : { $keys }) ;
    ajoutez une ligne pour ce cas ou une ligne par défaut

# Fichiers et saisies
rejection-input-missing = « { $field } » manque ou est vide ; donnez-lui une valeur
rejection-input-unknown-field = « { $field } » n’est pas connu ici ; utilisez l’un de ces noms :
    { $known }
rejection-input-not-in-order = Le { $next } n’est pas après le { $before } ; écrivez les changements dans l’ordre du temps, un par jour
rejection-input-repeated-field = « { $field } » figure deux fois ; n’en gardez qu’un
rejection-input-repeated-row = « { $code } » ({ $what }) figure déjà à la ligne { $first_line } ;
    donnez à chacun sa propre ligne
rejection-input-bad-id = « { $text } » n’est pas un identifiant valable ({ $what }) ; utilisez de 1
    à 200 caractères, sans caractère de contrôle ni espace au début ou à la fin
rejection-input-bad-decimal = « { $text } » n’est pas un nombre décimal ; écrivez des chiffres avec
    un point, par exemple 12.50, avec au plus { $decimals_max } décimales et sans exposant
rejection-input-bad-integer = « { $text } » n’est pas un nombre entier de { $min } à { $max } ;
    écrivez-en un
rejection-input-bad-boolean = « { $text } » n’est ni `true` ni `false` ; écrivez l’un des deux
rejection-input-bad-date = « { $text } » n’est pas un jour du calendrier ; écrivez année-mois-jour,
    par exemple 2026-02-28
rejection-input-bad-time = « { $text } » n’est pas une heure du jour ; écrivez les heures et les
    minutes, par exemple 07:00
rejection-input-bad-instant = « { $text } » n’est pas un instant RFC 3339 ; écrivez-le avec son
    décalage par rapport à UTC, par exemple 2026-01-12T14:03:00Z ou 2026-01-12T15:03:00+01:00
rejection-input-bad-when = « { $text } » n’est pas un moment qui existe ; écrivez un jour
    (2026-01-31), une heure locale (2026-01-31 10:30) ou un instant (2026-01-31T10:30:00+01:00)
rejection-input-unknown-currency = « { $text } » n’est pas une devise ISO 4217 en usage ; utilisez
    trois lettres majuscules, par exemple EUR
rejection-input-unknown-zone = « { $text } » n’est pas un fuseau horaire IANA ; utilisez un nom tel
    que Europe/Paris
rejection-input-unknown-word = « { $text } » n’est pas possible ici ; utilisez l’un de ces mots :
    { $known }
rejection-input-quotes-needed = Sans guillemets, cette valeur n’est pas un texte (lue comme :
    { $read_as }) ; mettez-la entre guillemets doubles
rejection-input-no-condition = La ligne « { $row } » ne dit rien de « { $dimension } » ; ajoutez
    `{ $dimension }: any` ou les valeurs qu’elle prend
rejection-input-not-one = Il faut ici exactement un de ces éléments : { $keys }
rejection-input-unknown-order-line = Aucune commande du fichier n’a la ligne « { $order_line } » ;
    nommez l’une de ses lignes
rejection-input-bad-spreadsheet = Ce n’est pas une feuille de calcul lisible : { $reason } ;
    enregistrez-la au format XLSX
rejection-input-inexact-cell = « { $text } » n’est ni un nombre qu’une feuille de calcul garde
    exactement, ni un texte, ni un jour ; écrivez-le comme texte
rejection-input-bad-yaml = Ce n’est pas le YAML attendu ici : { $reason } ; corrigez-le
rejection-input-bad-json = Ce n’est pas du JSON valable : { $reason } ; corrigez-le
rejection-input-wrong-kind = Cette valeur n’est pas de la forme attendue ici ; il faut :
    { $expected }
rejection-input-bad-csv = Ce n’est pas du CSV valable : { $reason } ; corrigez-le
rejection-input-cell-count = La ligne a { $actual } cellules pour { $expected } colonnes ; donnez
    une cellule à chaque colonne
rejection-input-order-differs = La commande « { $order } » a pour { $field } « { $expected } » sur
    sa première ligne, mais « { $actual } » ici ; indiquez la même valeur
rejection-input-unit-count = La ligne de commande « { $order_line } » a { $expected } équipements,
    mais { $file } en nomme { $actual } ; accordez les deux
rejection-input-no-order-line = La ligne de commande « { $order_line } » n’est pas dans { $file } ;
    ajoutez-la ou corrigez son nom
rejection-input-unexpected = « { $action } » n’admet pas de { $field } ; laissez la cellule vide
rejection-input-not-cloudevent = specversion vaut « { $specversion } » ; envoyez des CloudEvents 1.0
    (specversion `1.0`)
rejection-input-cannot-open = Le fichier ne peut pas être ouvert ({ $reason }) ; vérifiez son chemin
rejection-input-unreadable = Le fichier ne peut pas être lu jusqu’au bout ({ $reason }) ; { $lines }
    lignes ont été lues avant l’erreur : renvoyez tout le fichier, elles ne seront pas comptées deux
    fois
rejection-input-too-many-lines = Le fichier a plus de { $lines_max } lignes ; envoyez-le en
    plusieurs fichiers

# Commandes
rejection-unknown-customer = « { $customer } » n’est ni un compte de facturation ni le client de
    l’un d’eux ; enregistrez d’abord le compte avec `tabouret apply`
rejection-ambiguous-customer = { $accounts } comptes de facturation appartiennent à
    « { $customer } » ; indiquez plutôt le compte
rejection-unknown-offer = L’offre « { $offer } » n’est pas publiée ; offres publiées : { $known ->
        [none] aucune
       *[other] { $known }
    }
rejection-offer-not-yet-effective = L’offre « { $offer } » peut être commandée à partir du
    { $effective_from }, pas le { $ordered_on } ; corrigez la date ou l’offre
rejection-other-currency = Le compte de facturation « { $account } » est en { $expected }, mais
    l’offre est en { $actual } ; choisissez une offre dans la devise du compte
rejection-quantity-out-of-limits = { $quantity } × « { $what } » est hors limites ; commandez de
    { $min } à { $max }
rejection-unknown-option = L’offre n’a pas d’option « { $option } » ; ses options : { $known ->
        [none] aucune
       *[other] { $known }
    }
rejection-unknown-option-value = L’option « { $option } » ne peut pas valoir
    « { $value } » ; valeurs possibles : { $known ->
        [none] aucune
       *[other] { $known }
    }
rejection-unknown-component = « { $component } » n’est pas un composant de cette ligne de
    commande ; choisissez parmi : { $known ->
        [none] aucun
       *[other] { $known }
    }
rejection-order-price-of-no-table = « { $component } » n’a pas de grille tarifaire sur cette ligne de
    commande ; un prix propre peut remplacer des lignes de : { $known }
rejection-order-price = La ligne de commande « { $line } » ne peut pas avoir son propre prix pour
    « { $component } » : { $fault }
rejection-unit-count-differs = La ligne « { $line } » commande { $ordered } équipements mais en
    nomme { $named } ; nommez chaque équipement une fois
rejection-unit-taken = L’équipement « { $unit } » appartient déjà à la ligne de commande
    « { $line } » ; un équipement ne se vend qu’une fois, donnez-en un autre
rejection-order-line-taken = La ligne de commande « { $line } » existe déjà ; donnez à chaque ligne
    de chaque commande un nom propre
rejection-unknown-order-line-name = Aucune commande n’a de ligne « { $line } » ; importez d’abord sa commande
rejection-order-line-without-offer = La ligne de commande « { $line } » ne nomme aucune offre ; nommez-en une, ou la ligne qu’elle
    reprend
rejection-unit-of-other-line = La ligne de commande « { $line } » n’a pas d’équipement « { $unit } » ; nommez la ligne sous
    laquelle il est maintenant
rejection-unit-taken-over = L’équipement « { $unit } » continue sous le nom « { $by } » à partir du { $on } ; reprenez
    celui-ci, un jour plus tard
rejection-taken-unit-ended = L’équipement « { $unit } » prend fin le { $ended_on } : rien ne peut lui succéder ; commandez un
    nouvel équipement
rejection-nothing-to-take-over = La ligne de commande « { $line } » n’a plus d’équipement à reprendre ; nommez une autre ligne
rejection-take-over-too-early = La ligne de commande « { $line } » peut être reprise à partir du { $first }, pas le { $on }
rejection-take-over-other-zone = Les jours du compte commencent dans le fuseau { $expected }, ceux du suivant dans { $actual } ; les
    équipements ne passent pas de l’un à l’autre sans trou, donnez le même fuseau aux comptes
rejection-take-over-sells-hardware = « { $component } » a été vendu avec l’équipement ; une ligne qui le reprend ne peut pas le vendre de
    nouveau, retirez-le
rejection-order-line-without-term = La ligne de commande « { $line } » n’a pas de durée qui finisse ; donnez un jour, ou
    « end_of_period »
rejection-bad-contract-term = La durée de la ligne de commande « { $line } » ne finit pas dans le calendrier après son premier
    jour ; donnez 1 mois ou plus
rejection-notice-too-late = La durée de la ligne de commande « { $line } » finit le { $until } et le préavis devait être donné
    avant la fin du { $notice_by } : elle est renouvelée ; donnez le jour où finit la suivante
rejection-separate-invoice-shares-pool = Tous les équipements du compte partagent la franchise de
    « { $component } », la ligne de commande « { $line } » ne peut donc pas avoir sa propre facture ; retirez
    `invoice`, ou commandez une offre dont le forfait partagé est celui de la ligne de commande
rejection-order-conflict = La commande « { $order } » a déjà été acceptée avec un autre contenu ;
    une commande acceptée se modifie par avenant, elle ne se renvoie pas

# Exécution
rejection-unknown-unit = La ligne de commande « { $order_line } » n’a pas d’équipement
    « { $unit } » ; nommez un équipement de cette ligne
rejection-unit-never-ordered = Aucune commande n’a d’équipement « { $unit } » ; importez d’abord sa
    commande
rejection-other-order-line = L’équipement « { $unit } » appartient à la ligne de commande
    « { $expected } », pas à « { $actual } » ; corrigez la ligne
rejection-delivered-before-shipped = L’expédition « { $shipment } » a été livrée le
    { $delivered_at }, avant son départ le { $shipped_at } ; corrigez l’une des deux dates
rejection-shipment-conflict = L’expédition « { $shipment } » a déjà été signalée avec { $field }
    { $expected }, et maintenant avec { $actual } ; seule une livraison manquante peut être ajoutée
rejection-shipped-twice = L’équipement « { $unit } » a déjà été expédié par « { $first } » ;
    expédiez un autre appareil avec le motif `replacement`
rejection-change-conflict = Le changement « { $change } » de l’équipement « { $unit } » a déjà été
    enregistré avec un autre contenu ; enregistrez plutôt un nouveau changement
rejection-change-before-contract = Le contrat de l’équipement « { $unit } » commence à { $from } ; un changement ne peut pas prendre
    effet à { $effective_at }, donnez un instant de son contrat
rejection-unit-goes-on-as = L’équipement « { $unit } » continue sous le nom « { $by } » à partir de { $at } ; modifiez plutôt
    celui-ci
rejection-unit-ended = L’équipement « { $unit } » prend fin à { $ended_at } ; un changement doit prendre effet avant, et
    seul un retour peut suivre
rejection-already-suspended = L’équipement « { $unit } » est suspendu à { $effective_at }, ou l’est de nouveau avant sa reprise ;
    reprenez-le entre les deux
rejection-already-accepted = L’équipement « { $unit } » n’est recetté qu’une fois et ne peut donc l’être aussi à
    { $effective_at } ; consultez ses changements
rejection-returned-before-delivered = L’équipement « { $unit } » n’était ni livré ni en service à { $effective_at } : il ne
    peut pas revenir ; importez d’abord sa livraison, ou résiliez-le
rejection-not-suspended = L’équipement « { $unit } » n’est pas suspendu à { $effective_at } : il n’y a rien à reprendre ;
    consultez ses changements
rejection-no-contract-term = Le contrat de l’équipement « { $unit } » n’a pas de durée qui puisse finir ; donnez un jour, ou
    « end_of_period »
rejection-unknown-plan = L’offre n’a pas de formule « { $plan } » ; ses formules : { $known ->
        [none] aucune
       *[other] { $known }
    }
rejection-signal-conflict = Le signal « { $id } » de « { $source } » a déjà été reçu avec un autre
    contenu ; le premier fait foi, envoyez le signal corrigé sous un nouvel identifiant

# Contrôle du projet de facture
rejection-billed-too-early = La ligne { $line } facture l’équipement « { $unit } » avant la preuve
    que sa facturation commence ; examinez la chronologie de l’équipement
rejection-draft-billed-twice = La ligne { $line } facture { $what } une seconde fois ; examinez les
    factures précédentes
rejection-out-of-period = La ligne { $line } facture des jours postérieurs à la fin de la période de
    facturation en cours ; examinez sa période
rejection-wrong-amount = Le montant de la ligne { $line } n’est pas la somme arrondie de ses
    termes ; recalculez-le
rejection-wrong-effect = La condition « { $term } » retire de la ligne { $line } autre chose que sa part
    de l’assiette, ou plus qu’il ne reste ; vérifiez les remises de la facture
rejection-wrong-total = { $what ->
        [net] Le montant net
        [total] Le total
       *[other] La base de la taxe ({ $what })
    } de la facture n’est pas la somme de ses parties ; recalculez-le

# Moteur
rejection-clock-backwards = L’horloge est à { $now } et ne peut pas revenir à { $to } ; choisissez
    un moment postérieur
rejection-clock-is-live = Ces données ont été enregistrées à l’heure du système : l’horloge ne peut
    pas être mise à { $to } ; utilisez une nouvelle base pour les simulations
rejection-no-seller = Aucun vendeur n’est décrit ; publiez-en d’abord un avec `tabouret apply`
rejection-unknown-account = Le compte de facturation « { $account } » n’existe pas ; vérifiez son
    nom
rejection-unknown-unit-name = L’équipement « { $unit } » n’existe pas ; vérifiez son nom
rejection-offer-not-published = L’offre « { $offer } » n’existe pas ; offres publiées : { $known }
rejection-no-price-table = « { $component } » de l’offre « { $offer } » n’a pas de grille
    tarifaire ; il y en a pour : { $known }
rejection-unknown-table-dimension = La grille ne demande rien de « { $dimension } » ; donnez
    `NOM=VALEUR` pour certaines de : { $known }
rejection-no-row-for-key = Aucune ligne ne peut fixer le prix de « { $key } » ; nommez chaque plage
    de la semaine comme la grille
rejection-rows-not-exportable = Une ligne de « { $component } » dit ce que les colonnes d’une feuille
    ne peuvent pas dire (bornes exclues, ou plusieurs textes qui ressemblent à autre chose) ; modifiez-la
    dans le fichier du catalogue
rejection-service-before-order = La commande « { $order } » est du { $ordered_on } ; son service ne
    peut pas commencer le { $starts_on } ; prévoyez à partir du { $ordered_on } ou plus tard
rejection-unknown-invoice = La facture « { $number } » n’existe pas ; consultez `tabouret invoice
    list`
rejection-unknown-line = La facture « { $number } » a les lignes 1 à { $lines }, pas { $line } ;
    choisissez l’une d’elles
rejection-unknown-event = Aucun événement « { $id } » de « { $source } » n’a pris son identifiant ;
    omettez la source pour le chercher dans toutes les lignes, ou voyez les lignes rejetées avec
    `tabouret usage exceptions`
rejection-unknown-event-id = Aucun événement n’a pris l’identifiant « { $id } » (segments
    parcourus : { $segments }) ; voyez les lignes rejetées avec `tabouret usage exceptions`
rejection-cannot-bill = Le compte de facturation « { $account } » ne peut pas être facturé le
    { $issued_on } : { $reason } ; rien n’a été émis
rejection-no-draft = Le compte « { $account } » n’a pas de brouillon : sa facture est émise, ou son jour de facturation n’est pas venu ; voyez `tabouret invoice drafts`
rejection-draft-held-otherwise = Le brouillon du compte « { $account } » est déjà retenu : { $reason } ; émettez-le quand il est juste
rejection-account-not-parked = Le compte de facturation « { $account } » n’est pas mis de côté :
    ses factures sont émises à ses jours de facturation ; consultez `tabouret bill parked`
rejection-missing-record = L’enregistrement suivant est absent de la base alors que d’autres y
    renvoient : { $what } ; lancez `tabouret doctor`

# Audit : consommation
rejection-contract-broken = « { $what } » de l’équipement « { $unit } » : { $stated } ; consultez les
    commandes de son appareil et restaurez la base à partir d’une sauvegarde
rejection-term-day-wrong = Le { $day } a été annoncé comme la fin d’une durée de la ligne de commande
    « { $line } » et n’en est pas une ; consultez sa commande
rejection-lines-lost = { $received } lignes sont arrivées le { $day } mais { $stored } ont un sort ;
    comparez les lots du jour avec leur source et importez de nouveau les lignes manquantes
rejection-segment-count = Le lot { $batch } (« { $name } », arrivé le { $day }) a été reçu et a
    { $segments } segments dans le journal de consommation au lieu d’un ; restaurez le journal depuis
    une sauvegarde
rejection-segment-without-batch = Le segment { $segment } du journal de consommation (« { $name } »)
    est du lot { $batch }, qui n’a jamais été reçu ; restaurez la base depuis une sauvegarde
rejection-segments-missing = Il manque au journal de consommation le segment { $missing } ({ $count }
    à cet endroit) ; restaurez-le depuis une sauvegarde
rejection-segment-differs = Le segment { $segment } du journal de consommation indique { $stored }
    ({ $what }) et non { $received } comme reçu ; restaurez-le depuis une sauvegarde
rejection-tallies-differ = Le segment { $segment } du journal de consommation a { $lines } lignes et
    des décomptes de { $tallied } ; lancez `tabouret audit --deep`, qui dit ce que sont ses lignes
rejection-index-behind = L’index de consommation va jusqu’au segment { $applied }, le journal en a
    { $last } ; affichez une consommation, ce qui le met à jour, puis relancez l’audit
rejection-readings-lost = Le { $day }, { $tallied } lignes du compteur « { $meter } » ont reçu
    « { $outcome } », mais l’index en a { $indexed } relevés ; supprimez l’index, il est refait à
    partir du journal
rejection-report-differs = Le { $day }, { $reported } lignes du compteur « { $meter } » sont
    rapportées comme « { $outcome } », d’après les faits il y en a { $recounted } ; ne facturez pas
    avant que les deux nombres concordent
rejection-segment-unreadable = Le segment { $segment } de consommation (« { $name } ») ne peut pas
    être lu : { $reason } ; restaurez une sauvegarde
rejection-outcome-differs = La ligne { $line } du segment { $segment } (événement « { $id } » de
    « { $source } ») est enregistrée comme « { $stored } », d’après le journal elle est
    « { $expected } » ({ $lines } lignes de ce genre) ; restaurez-le depuis une sauvegarde
rejection-tally-differs = Le segment { $segment } du journal de consommation a { $expected } lignes
    « { $outcome } » du compteur « { $meter } », mais ses décomptes disent { $stored } ;
    restaurez-le depuis une sauvegarde
rejection-key-differs = La ligne { $line } du segment { $segment } a pris l’identifiant « { $id } »
    de « { $source } », mais l’index dit : { $indexed } ({ $lines } lignes de ce genre) ; supprimez
    l’index, il est refait
rejection-keys-miscounted = Les lignes du journal ont pris { $taken } identifiants mais l’index en a
    { $indexed } ; supprimez l’index, il est refait à partir du journal
rejection-readings-differ = De l’appareil « { $subject } » ({ $track }), il manque à l’index
    { $missing } relevés du journal et il en a { $excess } autres, le premier à { $at } ; supprimez
    l’index, il est refait
rejection-usage-not-billed = De « { $component } » ({ $row }), le compte de facturation
    « { $account } » a consommé { $stored } sur { $period }, mais { $billed } ont été valorisés ;
    affichez l’aperçu de la prochaine facture, qui facture la différence

# Audit : comptabilité
rejection-entry-unbalanced = L’écriture « { $entry } » du livre { $book } a { $debit } au débit et
    { $credit } au crédit, en unités mineures ; passez une écriture corrective
rejection-entry-line-impossible = L’écriture « { $entry } » porte { $debit } au débit et { $credit }
    au crédit de « { $account } » ; une ligne est l’un ou l’autre et positive, passez une écriture
    corrective
rejection-book-unbalanced = Le livre { $book } du vendeur « { $seller } » en { $currency } a
    { $debit } au débit et { $credit } au crédit, en unités mineures ; cherchez l’écriture
    déséquilibrée
rejection-balance-differs = Le compte « { $account } » du livre { $book } du vendeur « { $seller } »
    en { $currency } a pour solde { $stored } mais ses écritures donnent { $posted } ; enregistrez
    de nouveau les écritures du journal
rejection-carried-differs = Du compte « { $account } », { $what } est reporté comme { $carried } mais
    ses factures donnent { $billed } ; supprimez sa ligne de `carried`, qui est refaite à partir
    d'elles
rejection-entry-count = La facture « { $invoice } » a { $entries } écritures dans le livre
    { $book }, au lieu d’une ; passez celle qui manque ou extournez celles en trop
rejection-entry-without-invoice = L’écriture « { $entry } » comptabilise la facture « { $source } »,
    qui n’a jamais été émise ; extournez-la
rejection-entry-header-differs = L’écriture « { $entry } » n’a pas le vendeur, le jour ou la devise
    de la facture « { $invoice } » ; extournez-la et comptabilisez de nouveau la facture
rejection-receivable-differs = Le client doit { $expected } unités mineures pour la facture
    « { $invoice } » mais le livre { $book } dit { $booked } ; passez une écriture corrective
rejection-line-booked-differs = La ligne { $line } de la facture « { $invoice } » vaut { $expected }
    unités mineures mais le livre { $book } en a { $booked } ; passez une écriture corrective
rejection-tax-booked-differs = La taxe de la facture « { $invoice } » vaut { $expected } unités
    mineures mais le livre { $book } en a { $booked } ; passez une écriture corrective

# Audit : totaux et numéros des factures
rejection-line-numbers-differ = La ligne en position { $position } de la facture « { $invoice } »
    porte le numéro { $stated } ; numérotez les lignes dans l’ordre du document
rejection-net-differs = La facture « { $invoice } » indique un net de { $stated } mais ses lignes
    donnent { $lines } ; émettez un document rectificatif
rejection-tax-base-differs = Les taxes de la facture « { $invoice } » portent sur { $bases } mais
    son net est { $net } ; émettez un document rectificatif
rejection-tax-differs = La facture « { $invoice } » indique { $stated } de taxe à { $rate } % mais
    le calcul donne { $computed } unités mineures ; émettez un document rectificatif
rejection-total-differs = La facture « { $invoice } » indique un total de { $stated } mais le net et
    les taxes donnent { $computed } ; émettez un document rectificatif
rejection-number-unreadable = Le numéro de facture « { $invoice } » du vendeur « { $seller } » n’est
    pas « { $prefix } », l’année et un rang ; corrigez la numérotation, sinon nul ne peut dire s’il
    en manque une
rejection-number-missing = Le vendeur « { $seller } » n’a pas de facture numéro { $missing } en
    { $year } (manquantes à cet endroit : { $count }) ; l’administration fiscale la demandera,
    restaurez la facture depuis une sauvegarde
rejection-number-twice = La facture « { $invoice } » porte le numéro { $sequence } de { $year },
    qu’une autre facture du vendeur « { $seller } » porte déjà ; annulez l’une des deux
rejection-bill-day-twice = La facture « { $invoice } » est une facture de plus du compte de
    facturation « { $account } » pour le { $day } ; annulez l’une d’elles

# Audit : rien de trop tôt
rejection-hardware-early = La ligne { $line } de la facture « { $invoice } » facture à l’équipement « { $unit } » une livraison,
    une autre étape, une perte ou un changement d’état qui n’était pas connu à 00:00 ce jour-là ;
    établissez un avoir
rejection-instalment-early = La ligne { $line } de la facture « { $invoice } » facture l’échéance
    { $number } de l’équipement « { $unit } », due le { $due_on } ; établissez un avoir
rejection-fee-early = La ligne { $line } de la facture « { $invoice } » facture les frais de la
    commande « { $order } », dont aucune livraison n’était connue à 00:00 ce jour-là ; établissez un
    avoir
rejection-service-early = La ligne { $line } de la facture « { $invoice } » facture l’équipement
    « { $unit } » à partir du { $from }, mais début de son service : { $started_on } ; établissez un
    avoir pour les jours antérieurs
rejection-service-ahead = La ligne { $line } de la facture « { $invoice } » facture le service
    jusqu’au { $to }, mais seulement jusqu’au { $horizon } est permis ; établissez un avoir pour les
    jours postérieurs
rejection-start-unproven = La ligne { $line } de la facture « { $invoice } » fait démarrer
    l’équipement « { $unit } » par { $evidence }, qu’aucun fait n’atteste ; retrouvez le fait ou
    établissez un avoir pour la ligne
rejection-start-differs = La ligne { $line } de la facture « { $invoice } » fait démarrer
    l’équipement « { $unit } » le { $stated }, mais les faits alors connus disent : { $expected } ;
    facturez ou créditez la différence
rejection-usage-unfinished = La ligne { $line } de la facture « { $invoice } » du { $issued_on }
    facture la consommation d’une période qui finit le { $to } ; établissez un avoir
rejection-usage-before-start = La ligne { $line } de la facture « { $invoice } » facture la
    consommation de l’équipement « { $unit } », dont le service n’avait pas commencé dans cette
    période ; établissez un avoir

# Audit : rien deux fois, rien d’oublié
rejection-billed-twice = La ligne { $line } de la facture « { $invoice } » facture { $what },
    facturé alors { $times } fois ; établissez un avoir
rejection-credit-without-charge = La ligne { $line } de la facture « { $invoice } » rembourse
    { $what }, qui n’avait pas été facturé ; facturez-le de nouveau
rejection-day-twice = Après la facture « { $invoice } », le composant « { $component } » de
    l’équipement « { $unit } » est facturé { $times } fois le { $day } (jours dans ce cas :
    { $days }) ; établissez un avoir
rejection-day-credit-without-charge = Après la facture « { $invoice } », le composant
    « { $component } » de l’équipement « { $unit } » est remboursé le { $day } sans avoir été
    facturé (jours dans ce cas : { $days }) ; facturez-les de nouveau
rejection-service-missing = Après la facture « { $invoice } », le composant « { $component } » de
    l’équipement « { $unit } » n’est pas facturé le { $day } (jours dans ce cas : { $days }) alors
    que l’équipement était en service ; facturez-les
rejection-service-excess = Après la facture « { $invoice } », le composant « { $component } » de
    l’équipement « { $unit } » est facturé le { $day } (jours dans ce cas : { $days }), sans service
    ce jour-là ; établissez un avoir
rejection-run-crosses = La ligne { $line } de la facture « { $invoice } » facture
    { $from }..{ $to }, qui n’est pas à l’intérieur d’une seule période de facturation ; sa part de
    jours n’a pas de sens, créditez-la et facturez chaque période
rejection-usage-period-not-whole = La ligne { $line } de la facture « { $invoice } » facture la
    consommation de { $from }..{ $to }, qui n’est pas une période de facturation du compte ;
    établissez un avoir et facturez la période entière
rejection-usage-periods-overlap = La consommation du compte de facturation « { $account } » est
    facturée pour { $first } et pour { $second }, qui ont des jours communs ; établissez un avoir
    pour l’une des deux
rejection-line-without-period = La ligne { $line } de la facture « { $invoice } » facture un service
    ou une consommation sans nommer de période ; nul ne peut dire si elle est facturée deux fois,
    créditez-la et facturez-la avec sa période

# Audit : montants
rejection-rounded-differs = Les termes de la ligne { $line } de la facture « { $invoice } » donnent
    { $computed } unités mineures, pas { $stated } ; facturez ou créditez la différence
rejection-amount-differs = La ligne { $line } de la facture « { $invoice } » donne { $computed }
    unités mineures, pas { $stated } ; facturez ou créditez la différence
rejection-rated-differs = La ligne { $line } de la facture « { $invoice } » indique
    { $stated } ({ $what ->
        [quantity] quantité
        [component] composant
        [rounding] arrondi
        [pool] forfait partagé
        [allowance] quantité incluse
       *[other] { $what }
    }), mais le calcul donne { $computed } ; la ligne ne peut pas être expliquée au client,
    valorisez de nouveau la période
rejection-tiers-differ = Les paliers de la ligne { $line } de la facture « { $invoice } » totalisent
    { $tiers }, alors que la quantité à valoriser est { $rated } ; valorisez de nouveau la période
rejection-unit-shares-differ = Les équipements de la ligne { $line } de la facture « { $invoice } »
    totalisent { $units }, alors que sa quantité est { $rated } ; valorisez de nouveau la période
rejection-usage-sum-differs = Avec la ligne { $line } de la facture « { $invoice } », le
    cumul de toutes les factures de sa période ({ $what ->
        [quantity] quantité
        [amount] montant
       *[other] { $what }
    }) est { $billed }, mais { $rated } a été valorisé ; facturez la différence
rejection-price-differs = La ligne { $line } de la facture « { $invoice } » facture { $stated }
    alors que l’offre dit { $expected } ; facturez ou créditez la différence
rejection-quantity-differs = La ligne { $line } de la facture « { $invoice } » facture une quantité
    de { $stated } alors que ses équipements ou commandes donnent { $expected } ; facturez ou
    créditez la différence
rejection-days-differ = La ligne { $line } de la facture « { $invoice } » facture { $stated } jours
    alors que sa période donne { $expected } ; facturez ou créditez la différence
rejection-usage-priced-wrong = La ligne { $line } de la facture « { $invoice } » valorise sa
    consommation à { $stated } alors que l’offre donne { $expected } unités mineures ; facturez ou
    créditez la différence
rejection-charge-missing = après la facture « { $invoice } », { $what } est dû et n’est pas facturé, ou a été rendu sans retour dans les délais ; facturez-le
rejection-credit-missing = après la facture « { $invoice } », { $what } est toujours facturé alors que l’appareil est revenu dans les délais ; créditez-le
rejection-credit-amount = { $amount } ne peut pas être le montant « { $what } » d’un crédit ; utilisez
    plus de 0, sans plus de décimales que sa monnaie
rejection-credit-over = Un crédit jusqu’au { $until }, accordé le { $today }, ne paie aucune facture ;
    utilisez un jour ultérieur
rejection-credit-setting = Le réglage « { $setting } » d’un crédit est supérieur à 0, et seul un crédit
    qui a une fin peut être reporté ; corrigez-le
rejection-credit-conflict = « { $name } » a été enregistré avec un autre contenu, qui reste valable ;
    utilisez un autre nom
rejection-credit-customer = Il n’y a pas un seul compte de facturation « { $customer } » ; nommez le
    compte
rejection-unknown-credit = Il n’y a pas de crédit « { $credit } » ; voyez `tabouret credit list`
rejection-credit-too-little = Il ne reste que { $left } du crédit « { $credit } » ; retirez-en au plus
    autant
rejection-draft-differs = Le brouillon du compte « { $account } » du { $day } est émis le { $stated }, non le { $expected } ; émettez-le à la main quand il est juste
rejection-threshold-differs = La facture « { $invoice } » a été émise avant le jour de facturation avec { $what } ; faites-en un avoir
rejection-payer-differs = La facture « { $invoice } » a { $what } ; faites un avoir de ce qui est faux
rejection-credit-differs = Le crédit « { $credit } » a comme { $what } { $stated }, son registre donne
    { $computed } ; corrigez-le par un ajustement

rejection-credit-note-no-line = la facture `{ $invoice }` n’a pas de ligne { $line } ; voir `tabouret invoice show`
rejection-credit-note-line-twice = la ligne { $line } est citée deux fois ; citez chaque ligne une fois
rejection-credit-note-nothing-left = il ne reste rien à créditer : { $what }
rejection-credit-note-too-much = de la ligne { $line } il ne reste que { $left } à créditer ; demandez moins
rejection-credit-note-bad-part = la ligne { $line } ne peut pas être créditée d’une telle partie ; donnez un montant ou une quantité au-dessus de zéro, en centimes entiers, d’une ligne au-dessus de zéro
rejection-credit-note-rebills-part = une partie de la ligne { $line } ne peut pas redevenir due ; créditez-la entière avec refacturation, ou la partie sans
rejection-credit-note-changed-later = la ligne { $line } ne peut pas redevenir due tant que `{ $later }` facture ou rend une partie de la même chose ; créditez d’abord la ligne de celle-ci
rejection-credit-note-other-request = la demande `{ $request }` est déjà devenue l’avoir `{ $number }`, avec un autre contenu ; donnez-lui un nom propre
rejection-credit-note-not-a-credit = ceci ne rendrait rien ; créditez des lignes facturées au-dessus de zéro
rejection-credit-note-out-of-range = un montant sort de son domaine ; créditez moins à la fois
rejection-credit-note-differs = L’avoir « { $note } » a comme { $what } { $stated }, et non { $computed } ; examinez sa facture

rejection-adopt-no-contract = aucune ligne de contrat n’a l’équipement `{ $unit }` ainsi ; corrigez la ligne de l’un des deux
rejection-adopt-start-differs = l’équipement `{ $unit }` doit être en service depuis le { $asked }, mais selon la règle de début de son offre il débute le { $starts_on } ; prenez une règle qui débute à la livraison ou à l’activation
rejection-adopt-paid-before-start = l’équipement `{ $unit }` ne peut pas être payé jusqu’à un jour avant son début de service ; écrivez le premier jour non facturé ailleurs
rejection-adopt-billed-here = l’équipement `{ $unit }` est déjà sur une de nos factures ; créditez-la d’abord
rejection-adopt-other-unit = l’équipement `{ $unit }` a été repris avec d’autres jours ; corrigez la ligne
rejection-adopt-no-account = il n’y a pas de compte de facturation `{ $account }` pour ce solde ; ajoutez-le à accounts.csv
rejection-adopt-bad-amount = le montant du solde `{ $balance }` est 0 ou a des fractions de centime ; corrigez-le
rejection-adopt-other-balance = le solde `{ $balance }` a été repris avec un autre contenu ; corrigez la ligne

# Blocages
rejection-hold-blocks-nothing = Le blocage « { $hold } » ne bloque rien ; indiquez ce qu’il bloque : facturation (billing), service (service), modification (change)
rejection-hold-unknown-target = Le blocage « { $hold } » porte sur { $target }, qui n’existe pas ; importez d’abord sa commande, ou corrigez le nom
rejection-hold-conflict = Le blocage « { $hold } » a déjà été posé avec un autre contenu, par « { $holder } » à compter du { $from } ; levez celui-là, ou donnez un autre nom à celui-ci
rejection-hold-before-contract = Le blocage « { $hold } » ne peut pas commencer le { $from } : ce qu’il bloque commence le { $begins } ; indiquez ce jour ou un jour postérieur
rejection-hold-after-end = Le blocage « { $hold } » ne peut pas commencer le { $from } : l’équipement prend fin le { $ended_on }, il n’y a rien à bloquer
rejection-hold-goes-on-as = L’équipement du blocage « { $hold } » continue comme « { $by } » à compter du { $on } ; bloquez cet équipement-là
rejection-hold-unknown = Il n’y a pas de blocage « { $hold } » à lever ; voir `tabouret hold list`
rejection-hold-of-another = Le blocage « { $hold } » est de « { $expected } », non de « { $actual } » ; seul celui qui l’a posé peut le lever
rejection-hold-released-before-start = Le blocage « { $hold } » commence le { $from } et ne peut prendre fin le { $until } ; indiquez le { $from }, et il n’aura jamais existé, ou un jour postérieur
rejection-hold-released-before = Le blocage « { $hold } » est déjà levé à compter du { $until } ; posez un autre blocage pour les jours suivants
rejection-held-for-change = Bloqué par « { $holder } » à compter du { $from } (blocage « { $hold } ») : { $what } ; aucune modification n’est possible le { $day }, demandez à « { $holder } » de lever le blocage
rejection-held-for-billing = Facturation bloquée par « { $holder } » à compter du { $from } (blocage « { $hold } »{ $why }) ; ce qui est dû le reste jusqu’à ce que « { $holder } » lève le blocage
rejection-hold-broken = Le blocage « { $hold } » n’a pas été respecté ({ $what }) ; regardez qui a enregistré cela et quand
rejection-catalog-stopped-days-full-period = `stopped_days: used_later` compte des jours, mais avec `proration: full_period` toute durée coûte la période entière ; choisissez un autre prorata, ou `stopped_days: credited`
rejection-already-lost = Un appareil de l’équipement « { $unit } » a déjà été perdu avant le { $effective_at }, ou l’est de nouveau après ; un contrat paie une seule perte, placez d’abord l’équipement sous un autre contrat
rejection-key-unlabelled = Une clé a besoin d’un libellé de 1 à { $chars } caractères sans saut de ligne ; dites qui ou quoi l’utilisera
rejection-key-expires-in-the-past = Une clé qui finit le { $expires_at } ne serait jamais valable ; choisissez un instant à venir
rejection-key-without-account = Une clé de rôle « { $role } » voit les données d’un compte ; nommez-le
rejection-key-of-no-account = Une clé de rôle « { $role } » vaut pour tous les comptes ; retirez le compte, ou prenez le rôle `customer`
rejection-key-unknown-account = Le compte « { $account } » n’existe pas ; publiez-le d’abord, ou corrigez son nom
rejection-key-unknown = Il n’y a pas de clé « { $key } » ; voyez `tabouret key list`
rejection-key-taken = Une clé « { $key } » a été créée auparavant ; demandez-en une autre
