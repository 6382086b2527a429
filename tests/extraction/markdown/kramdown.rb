# Renders a JSON list of Markdown texts as Jekyll does, and prints a JSON list of HTML.
require "json"
require "kramdown"
require "kramdown-parser-gfm"
options = { input: "GFM", hard_wrap: false, auto_ids: false, entity_output: :as_char,
            syntax_highlighter: nil }
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text| Kramdown::Document.new(text, options).to_html })
