"""The words of the page for a new action, by language: those of the page, and those of its script."""

from __future__ import annotations

from callsheet.reporting.catalog.wording import said_in

_WORDS: dict[str, tuple[str, str]] = {
    "about": (
        (
            "Choose what to start from, fill in the form, and take the YAML into a branch. Nothing is "
            "written or sent here."
        ),
        (
            "Choisissez un point de départ, remplissez le formulaire, et portez le YAML dans une "
            "branche. Rien n'est écrit ni envoyé ici."
        ),
    ),
    "without_script": (
        "The form needs JavaScript. Without it, these commands do the same:",
        "Le formulaire a besoin de JavaScript. Sans lui, ces commandes font la même chose :",
    ),
    "beginning": ("Start", "Point de départ"),
    "start": ("Start from", "Partir de"),
    "add_name": ("name", "nom"),
    "blank": ("an empty action", "une action vide"),
    "samples": ("Samples", "Exemples"),
    "connections": ("Connections", "Connexions"),
    "contracts": ("Contracts", "Contrats"),
    "others": ("Other", "Autre"),
    "curl": ("a curl line", "une ligne curl"),
    "curl_line": ("The curl line", "La ligne curl"),
    "curl_hint": (
        "It stays in this page. Credentials in it become references to secrets.",
        "Elle reste dans cette page. Ses secrets deviennent des références.",
    ),
    "read": ("Read it", "La lire"),
    "curl_done": ("Read.", "Lue."),
    "curl_secrets": (
        "Its credentials were left out: set the secrets where the action is sent.",
        "Ses secrets n'ont pas été repris : définissez-les là où l'action est envoyée.",
    ),
    "curl_unread": (
        "This page reads only plain curl lines, and does not guess.",
        "Cette page ne lit que des lignes curl simples, et ne devine pas.",
    ),
    "curl_part": ("What it cannot read:", "Ce qu'elle ne peut pas lire :"),
    "curl_command": (
        "The compiler reads it. This command contains the line as you wrote it, with its credentials:",
        "Le compilateur la lit. Cette commande contient la ligne telle quelle, avec ses secrets :",
    ),
    "operation": ("Operation", "Opération"),
    "choose": ("choose one", "à choisir"),
    "not_loaded": ("Its operations could not be loaded.", "Ses opérations n'ont pas pu être chargées."),
    "contract_unread": ("It cannot be read:", "Il ne peut pas être lu :"),
    "no_operation": (
        "None of its operations can be an action.",
        "Aucune de ses opérations ne peut être une action.",
    ),
    "more": (
        "Operations that are not on this page: %. For one of them:",
        "Opérations qui ne sont pas sur cette page : %. Pour l'une d'elles :",
    ),
    "left": ("Operations that cannot be actions", "Opérations qui ne peuvent pas être des actions"),
    "values": (
        "It reads values that your environments must define:",
        "Elle lit des valeurs que vos environnements doivent définir :",
    ),
    "fields": ("Fields", "Champs"),
    "group_metadata": ("What it is", "Ce que c'est"),
    "group_request": ("The call", "L'appel"),
    "group_more": ("More", "Autres champs"),
    "required": ("required", "obligatoire"),
    "none": ("none", "aucun choix"),
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    "as_json": ("as JSON", "en JSON"),
    "secret": ("reference to a secret", "référence à un secret"),
    "plain": ("text that is not secret", "texte qui n'est pas secret"),
    "add": ("Add", "Ajouter"),
    "add_to": ("Name of what is added", "Nom de ce qui est ajouté"),
    "remove": ("Remove", "Retirer"),
    "in_en": ("English", "anglais"),
    "in_fr": ("French", "français"),
    "not_json": (
        "This is not JSON: the last valid value is kept.",
        "Ce n'est pas du JSON : la dernière valeur valable est gardée.",
    ),
    "inexact": (
        "A number has more digits than JSON keeps: write it as a string.",
        "Un nombre a plus de chiffres que JSON n'en garde : écrivez-le comme un texte.",
    ),
    "not_text": (
        "It contains an unpaired surrogate, which is not a character.",
        "Il contient un demi-caractère, qui n'en est pas un.",
    ),
    "taken": (
        "The workspace has something of this name already: choose another name.",
        "L'espace a déjà quelque chose de ce nom : choisissez-en un autre.",
    ),
    "file": ("File", "Fichier"),
    "fine": ("The form has no finding.", "Le formulaire n'a pas de constat."),
    "one_finding": ("1 finding", "1 constat"),
    "findings": ("% findings", "% constats"),
    "rest_before": (
        "Only the form of the file, and credentials in it, are judged here.",
        "Seuls la forme du fichier et les secrets en clair sont jugés ici.",
    ),
    "rest": (
        "says the rest: templates, values, contracts, policies.",
        "dit le reste : modèles, valeurs, contrats, règles.",
    ),
    "ignores": (
        "What a comment or a pattern of files in the settings ignores is shown here all the same.",
        "Ce qu'un commentaire ou un motif de fichiers des réglages ignore est tout de même montré ici.",
    ),
    "start_said": (
        "What the compiler says of this start",
        "Ce que le compilateur dit de ce point de départ",
    ),
    "start_said_before": (
        "What the compiler said of the start, before you changed it",
        "Ce que le compilateur disait du point de départ, avant vos changements",
    ),
    "start_fine": (
        "The compiler has no finding about this start.",
        "Le compilateur n'a pas de constat sur ce point de départ.",
    ),
    "start_unasked": (
        "The compiler was not asked about this start, which brings other files: run callsheet validate.",
        (
            "Le compilateur n'a pas été interrogé sur ce point de départ, qui apporte d'autres fichiers"
            " : lancez callsheet validate."
        ),
    ),
    "download": ("Download", "Télécharger"),
    "copy": ("Copy", "Copier"),
    "copied": ("Copied.", "Copié."),
    "not_copied": (
        "It could not be copied: select the text.",
        "La copie a échoué : sélectionnez le texte.",
    ),
    "on_host": ("New file on %", "Nouveau fichier sur %"),
    "too_long": (
        "It is too long for a link: the new file opens empty. Copy the YAML first.",
        "C'est trop long pour un lien : le nouveau fichier s'ouvre vide. Copiez d'abord le YAML.",
    ),
    "gitlab": (
        "Some versions of GitLab fill in the name only: copy the YAML first.",
        "Certaines versions de GitLab ne remplissent que le nom : copiez d'abord le YAML.",
    ),
    "needed": (
        "It also needs these files, which the workspace does not have",
        "Il lui faut aussi ces fichiers, que l'espace n'a pas",
    ),
    "needed_before": (
        "The start, before you changed it, also needs these files, which the workspace does not have",
        "Au point de départ, avant vos changements, il faut aussi ces fichiers, que l'espace n'a pas",
    ),
}


def new_words_in(language: str) -> dict[str, str]:
    """Return the words of the page in one of the catalog's languages, by key."""
    return said_in(_WORDS, language)
