package main

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// A value that is one reference and nothing else.
var reference = regexp.MustCompile(`^\$\{([^{}]+)\}$`)

// fromYaml writes a program in YAML as PCL, the language that every generator reads. It knows what the examples use:
// settings, resources, look-ups and outputs.
func fromYaml(text []byte) (string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return "", err
	}
	var out strings.Builder
	for _, section := range list(document.Content[0]) {
		for _, each := range list(section.node) {
			block, err := blockOf(section.name, each.name, each.node)
			if err != nil {
				return "", err
			}
			out.WriteString(block)
		}
	}
	return out.String(), nil
}

func blockOf(section, name string, node *yaml.Node) (string, error) {
	switch section {
	case "config":
		return fmt.Sprintf("config %q \"string\" {\n}\n", name), nil
	case "resources":
		var properties *yaml.Node
		kind := ""
		for _, each := range list(node) {
			switch each.name {
			case "type":
				kind = strings.Replace(each.node.Value, "nylas:", "nylas:index:", 1)
			case "properties":
				properties = each.node
			default:
				return "", fmt.Errorf("%s of a resource is not known here", each.name)
			}
		}
		body := ""
		for _, each := range list(properties) {
			body += fmt.Sprintf("  %s = %s\n", each.name, value(each.node))
		}
		return fmt.Sprintf("resource %q %q {\n%s}\n", name, kind, body), nil
	case "outputs":
		return fmt.Sprintf("output %q {\n  value = %s\n}\n", name, value(node)), nil
	}
	return "", fmt.Errorf("%s is not known here", section)
}

func value(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		parts := []string{}
		for _, each := range list(node) {
			parts = append(parts, fmt.Sprintf("%s = %s", each.name, value(each.node)))
		}
		return "{\n" + strings.Join(parts, "\n") + "\n}"
	case yaml.SequenceNode:
		parts := []string{}
		for _, each := range node.Content {
			parts = append(parts, value(each))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if node.Tag != "!!str" {
		return node.Value
	}
	if found := reference.FindStringSubmatch(node.Value); found != nil {
		return found[1]
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(node.Value, `\`, `\\`), `"`, `\"`) + `"`
}

type member struct {
	name string
	node *yaml.Node
}

func list(node *yaml.Node) []member {
	found := []member{}
	if node == nil {
		return found
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		found = append(found, member{node.Content[i].Value, node.Content[i+1]})
	}
	return found
}
