package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

type golang struct{}

func (golang) packages(ctx context.Context, info *pulumirpc.ProgramInfo) ([]string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "all")
	list.Dir = info.GetProgramDirectory()
	list.Stderr = os.Stderr
	modules, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := []string{}
	for _, module := range strings.Fields(string(modules)) {
		below, err := filepath.Glob(filepath.Join(module, "*"))
		if err != nil {
			return nil, err
		}
		found = append(append(found, module), below...)
	}
	return found, nil
}

func (golang) command(ctx context.Context, h *host, request *pulumirpc.RunRequest, folder string) (*exec.Cmd, error) {
	info := request.GetInfo()
	built := filepath.Join(folder, "program")
	build := exec.CommandContext(ctx, "go", "build", "-o", built, ".")
	build.Dir = info.GetProgramDirectory()
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build: %w", err)
	}
	// The shell removes the program, which lives on until it ends.
	program := exec.CommandContext(ctx, built)
	program.Dir = info.GetProgramDirectory()
	program.Env = os.Environ()
	for name, value := range map[string]string{
		"MONITOR":        request.GetMonitorAddress(),
		"ENGINE":         h.engine,
		"ORGANIZATION":   request.GetOrganization(),
		"PROJECT":        request.GetProject(),
		"ROOT_DIRECTORY": info.GetRootDirectory(),
		"STACK":          request.GetStack(),
		"DRY_RUN":        fmt.Sprint(request.GetDryRun()),
		"PARALLEL":       fmt.Sprint(request.GetParallel()),
	} {
		program.Env = append(program.Env, "PULUMI_"+name+"="+value)
	}
	return program, nil
}

func (golang) generate(pkg *schema.Package, _ schema.ReferenceLoader) (map[string][]byte, error) {
	return gogen.GeneratePackage("pulumi-nylas", pkg, nil)
}

// The SDK names its module in its go.mod.
func (golang) link(ctx context.Context, info *pulumirpc.ProgramInfo, folders map[string]string) (string, error) {
	instructions := ""
	for name, folder := range folders {
		text, err := os.ReadFile(filepath.Join(info.GetRootDirectory(), folder, "go.mod"))
		if err != nil {
			return "", err
		}
		module := strings.Fields(string(text))[1]
		instructions += fmt.Sprintf("import %q\n", path.Join(module, name))
		edit := exec.CommandContext(ctx, "go", "mod", "edit", "-replace", module+"=./"+folder)
		edit.Dir = info.GetProgramDirectory()
		if said, err := edit.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go mod edit: %w\n%s", err, said)
		}
	}
	return instructions, nil
}

func (golang) install(ctx context.Context, info *pulumirpc.ProgramInfo, output *bytes.Buffer) error {
	tidy := exec.CommandContext(ctx, "go", "mod", "tidy")
	tidy.Dir = info.GetProgramDirectory()
	tidy.Stdout, tidy.Stderr = output, output
	return tidy.Run()
}
