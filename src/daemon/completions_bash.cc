#include "daemon/completions.h"

namespace tallymill {
namespace {

// What can follow a command: one line of the script's table.
std::string table_line(const CommandShape& shape) {
  std::string options;
  std::string values;
  std::string paths;
  for (const OptionShape& option : shape.options) {
    for (const std::string& name : option.names) {
      options += " " + name;
      if (option.takes_value) values += " " + name;
      if (option.takes_file) paths += " " + name;
    }
  }
  std::string words;
  for (const std::string& word : shape.commands.empty() ? shape.choices : shape.commands) {
    words += " " + word;
  }
  return "    '" + shape.path + "') options='" + options + " ' words='" + words + " ' values='" + values +
         " ' paths='" + paths + " ' files=" + std::to_string(shape.files) + " ;;\n";
}

constexpr const char* script = R"(    *) options='' words='' values='' paths='' files=0 ;;
  esac
}

# Walks along the words: `path` is the command so far, `count` how many words without an option follow it.
_tallymill() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local path='' count=0 options words values paths files i each
  _tallymill_table ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    each=${COMP_WORDS[i]}
    if [[ $words == *" $each "* ]] && ((count == 0)); then
      path=$path/$each
      _tallymill_table "$path"
    elif [[ $values == *" $each "* ]]; then
      ((++i))
    elif [[ $each != -?* ]]; then
      ((++count))
    fi
  done
  COMPREPLY=()
  if [[ $paths == *" $before "* ]]; then
    files=$((count + 1))
  elif [[ $values == *" $before "* ]]; then
    return
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    return
  elif [[ -n ${words// } ]] && ((count == 0)); then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  if ((count < files)); then
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -F _tallymill tallymill
)";

}  // namespace

// Nothing in it needs the package bash-completion.
std::string bash_completions(const std::vector<CommandShape>& shapes) {
  std::string text = "# Completions of tallymill for bash; written by: tallymill completions bash\n"
                     "_tallymill_table() {\n"
                     "  case $1 in\n";
  for (const CommandShape& shape : shapes) text += table_line(shape);
  return text + script;
}

}  // namespace tallymill
