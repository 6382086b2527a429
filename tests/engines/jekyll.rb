# Renders Markdown as `jekyll build` does with the settings that a new site has: Liquid first, then
# the Markdown converter. Reads a JSON list of texts on each line, and answers with a line of JSON:
# for each text its HTML, or {"crash": why}.
require "json"
require "jekyll"

converter = Jekyll::Converters::Markdown.new(Jekyll.configuration("quiet" => true))
converter.setup
Jekyll.logger.log_level = :error
$stdout.sync = true
$stdin.each_line do |line|
  answers = JSON.parse(line).map do |text|
    filled = Liquid::Template.parse(text, error_mode: :strict).render!
    converter.convert(filled)
  rescue StandardError, SystemStackError => error
    { "crash" => "#{error.class}: #{error.message}" }
  end
  puts JSON.generate(answers)
end
