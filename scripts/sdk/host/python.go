package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	pygen "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

type python struct {
	// The script of Pulumi's SDK that runs a program.
	executor string
}

// tools is Pulumi's own code for virtual environments.
func (python) tools(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options := info.GetOptions().AsMap()
	environment, _ := options["virtualenv"].(string)
	if name, given := options["toolchain"]; given && name != "pip" {
		return nil, fmt.Errorf("toolchain %v: this host knows pip alone", name)
	}
	return toolchain.ResolveToolchain(toolchain.PythonOptions{
		Root:       info.GetRootDirectory(),
		ProgramDir: info.GetProgramDirectory(),
		Virtualenv: environment,
		Toolchain:  toolchain.Pip,
	})
}

func (p python) packages(ctx context.Context, info *pulumirpc.ProgramInfo) ([]string, error) {
	tools, err := p.tools(info)
	if err != nil {
		return nil, err
	}
	environment, err := tools.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(environment, "lib", "python*", "site-packages", "*"))
}

func (p python) command(ctx context.Context, h *host, request *pulumirpc.RunRequest, _ string) (*exec.Cmd, error) {
	info := request.GetInfo()
	tools, err := p.tools(info)
	if err != nil {
		return nil, err
	}
	if err := tools.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	args := []string{p.executor}
	for _, flag := range [][2]string{
		{"monitor", request.GetMonitorAddress()},
		{"engine", h.engine},
		{"organization", request.GetOrganization()},
		{"project", request.GetProject()},
		{"root_directory", info.GetRootDirectory()},
		{"stack", request.GetStack()},
		{"pwd", info.GetProgramDirectory()},
		{"dry_run", fmt.Sprint(request.GetDryRun())},
		{"parallel", fmt.Sprint(request.GetParallel())},
	} {
		if flag[1] != "" {
			args = append(args, "--"+flag[0], flag[1])
		}
	}
	return tools.Command(ctx, append(args, info.GetEntryPoint())...)
}

func (python) generate(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
	return pygen.GeneratePackage("pulumi-nylas", pkg, nil, loader)
}

func (p python) link(ctx context.Context, info *pulumirpc.ProgramInfo, folders map[string]string) (string, error) {
	tools, err := p.tools(info)
	if err != nil {
		return "", err
	}
	linked := map[string]string{}
	instructions := ""
	for name, folder := range folders {
		linked["pulumi_"+name] = folder
		instructions += fmt.Sprintf("import pulumi_%s as %s\n", name, name)
	}
	return instructions, tools.LinkPackages(ctx, linked)
}

func (p python) install(ctx context.Context, info *pulumirpc.ProgramInfo, output *bytes.Buffer) error {
	tools, err := p.tools(info)
	if err != nil {
		return err
	}
	return tools.InstallDependencies(ctx, info.GetProgramDirectory(), false, true, output, output)
}
